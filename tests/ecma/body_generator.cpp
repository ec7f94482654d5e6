#include "ecma/body_generator.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>

namespace chathook::test {
namespace {

constexpr std::string_view bom = "\xEF\xBB\xBF";
constexpr unsigned depth_max = 5;

template <class Number>
std::string printed(const char* format, int precision, Number number) {
    std::array<char, 1400> text{};
    const int size = std::snprintf(text.data(), text.size(), format, precision, number);
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string BodyGenerator::body() {
    static constexpr std::string_view whole[] = {
        "",  " ",  "\xEF\xBB\xBF", "\xEF\xBB\xBF ", "{}",        "[]",  "null", "{",
        "[", "\"", "\\",           "nul",           "truefalse", "[]]", "{}{}"};
    if (one_in(100)) return std::string(pick(whole));
    std::string text;
    if (one_in(20)) text += bom;
    if (one_in(100)) text += bom;
    blanks(text);
    if (one_in(10)) {
        value(text, 0);
    } else if (one_in(3)) {
        array(text, 0);
    } else {
        object(text, 0);
    }
    blanks(text);
    if (one_in(4)) spoil(text);
    return text;
}

void BodyGenerator::blanks(std::string& out) {
    static constexpr std::string_view legal[] = {" ", "\n", "\r", "\t", "  ", "\r\n"};
    static constexpr std::string_view illegal[] = {
        "\v", "\f", "\xC2\xA0", "\xE2\x80\xA8", "\xEF\xBB\xBF", "//", "/**/", std::string_view("\0", 1)};
    while (one_in(6)) out += pick(legal);
    if (one_in(4000)) out += pick(illegal);
}

void BodyGenerator::value(std::string& out, unsigned depth) {
    static constexpr std::string_view words[] = {"null", "true", "false"};
    static constexpr std::string_view near_words[] = {"nul",      "True",      "FALSE", "undefined", "NaN",
                                                      "Infinity", "-Infinity", "'a'",   "",          "nullx"};
    switch (below(depth < depth_max ? 9 : 7)) {
        case 0:
        case 1:
        case 2: number(out); break;
        case 3:
        case 4:
        case 5: string(out); break;
        case 6: out += one_in(400) ? pick(near_words) : pick(words); break;
        case 7: object(out, depth); break;
        default: array(out, depth);
    }
}

void BodyGenerator::object(std::string& out, unsigned depth) {
    out += '{';
    blanks(out);
    const std::uint64_t members = one_in(20) ? 10 + below(30) : below(6);
    for (std::uint64_t i = 0; i < members; ++i) {
        if (i > 0) {
            out += ',';
            blanks(out);
        }
        key(out);
        blanks(out);
        out += ':';
        blanks(out);
        value(out, depth + 1);
        blanks(out);
    }
    if (one_in(2000)) out += ',';
    out += '}';
}

void BodyGenerator::array(std::string& out, unsigned depth) {
    out += '[';
    blanks(out);
    const std::uint64_t elements = below(6);
    for (std::uint64_t i = 0; i < elements; ++i) {
        if (i > 0) {
            out += ',';
            blanks(out);
        }
        value(out, depth + 1);
        blanks(out);
    }
    if (one_in(2000)) out += ',';
    out += ']';
}

// Few different names, so that duplicates are common, with and without escapes.
void BodyGenerator::key(std::string& out) {
    static constexpr std::string_view names[] = {"a",
                                                 "b",
                                                 "\\u0061",
                                                 "\\u0062",
                                                 "type",
                                                 "Type",
                                                 "",
                                                 "__proto__",
                                                 "\\u005f_proto__",
                                                 "constructor",
                                                 "toJSON",
                                                 "length",
                                                 "0",
                                                 "1",
                                                 "2",
                                                 "10",
                                                 "\\u0031",
                                                 "1\\u0030",
                                                 "01",
                                                 "-0",
                                                 "-1",
                                                 "1.0",
                                                 "1e3",
                                                 "00",
                                                 "4294967293",
                                                 "4294967294",
                                                 "4294967295",
                                                 "4294967296",
                                                 "2147483647",
                                                 "2147483648",
                                                 "9007199254740991",
                                                 "18446744073709551616",
                                                 "42949672940",
                                                 "\xF0\x9F\x98\x80",
                                                 "\\ud83d\\ude00",
                                                 "\\ud83d",
                                                 "\\uDE00",
                                                 "\xC3\xA9",
                                                 "\\u00e9",
                                                 "\\n",
                                                 "\\/",
                                                 "/",
                                                 " 1",
                                                 "1 ",
                                                 "0\\u0000",
                                                 "\xEF\xBF\xBD",
                                                 "\xC0"};
    if (one_in(5)) return string(out);
    out += '"';
    if (one_in(4)) {
        out += std::to_string(one_in(3) ? below(6'000'000'000) : below(40));
    } else {
        out += pick(names);
    }
    out += '"';
}

void BodyGenerator::string(std::string& out) {
    out += '"';
    const std::uint64_t characters = one_in(30) ? below(80) : below(10);
    for (std::uint64_t i = 0; i < characters; ++i) character(out);
    out += '"';
}

void BodyGenerator::character(std::string& out) {
    static constexpr std::string_view escapes[] = {"\\b", "\\f", "\\n", "\\r", "\\t", "\\\"", "\\\\", "\\/"};
    static constexpr std::string_view raw[] = {"\xC2\x80",
                                               "\xC3\xA9",
                                               "\xDF\xBF",
                                               "\xE0\xA0\x80",
                                               "\xE2\x80\xA8",
                                               "\xE2\x80\xA9",
                                               "\xEF\xBB\xBF",
                                               "\xEF\xBF\xBD",
                                               "\xEF\xBF\xBF",
                                               "\xED\x9F\xBF",
                                               "\xED\x95\x9C",
                                               "\xEE\x80\x80",
                                               "\xF0\x90\x80\x80",
                                               "\xF0\x9F\x98\x80",
                                               "\xF4\x8F\xBF\xBF",
                                               "\x7F",
                                               "<",
                                               "&",
                                               "'",
                                               "/"};
    static constexpr std::string_view invalid[] = {"\x80",
                                                   "\xBF",
                                                   "\xC0\x80",
                                                   "\xC1\xBF",
                                                   "\xC2",
                                                   "\xE0\x80\x80",
                                                   "\xE0\xA0",
                                                   "\xE2\x82",
                                                   "\xED\xA0\x80",
                                                   "\xED\xB0\x80",
                                                   "\xED",
                                                   "\xF0\x9F\x98",
                                                   "\xF0\x9F",
                                                   "\xF0\x80\x80\x80",
                                                   "\xF4\x90\x80\x80",
                                                   "\xF5\x80",
                                                   "\xFF",
                                                   "\xFE\xFF",
                                                   "\xF8\x88\x80\x80\x80",
                                                   "\xE2\x82\xE2\x82\xAC",
                                                   "\xF0\x9F\xC3\xA9"};
    static constexpr std::string_view illegal[] = {"\n",      "\t",  "\x1F",    std::string_view("\0", 1),
                                                   "\\x41",   "\\'", "\\u12G4", "\\u123",
                                                   "\\U0041", "\\",  "\\\n",    "\\0"};
    switch (below(12)) {
        case 0: out += pick(escapes); break;
        case 1: out += pick(raw); break;
        case 2: unicode_escape(out, static_cast<unsigned>(below(0x10000))); break;
        case 3: unicode_escape(out, static_cast<unsigned>(below(0x100))); break;
        case 4: unicode_escape(out, static_cast<unsigned>(0xD800 + below(0x800))); break;
        case 5:
            unicode_escape(out, static_cast<unsigned>(0xD800 + below(0x400)));
            unicode_escape(out, static_cast<unsigned>(0xDC00 + below(0x400)));
            break;
        case 6:
            if (one_in(8)) out += pick(invalid);
            break;
        case 7:
            if (one_in(300)) out += pick(illegal);
            break;
        default: out += static_cast<char>('a' + below(26));
    }
}

void BodyGenerator::unicode_escape(std::string& out, unsigned unit) {
    const std::string_view hex = one_in(2) ? "0123456789abcdef" : "0123456789ABCDEF";
    out += "\\u";
    for (const unsigned shift : {12u, 8u, 4u, 0u}) out += hex[(unit >> shift) & 0xF];
}

void BodyGenerator::number(std::string& out) {
    static constexpr std::string_view corners[] = {"0",
                                                   "-0",
                                                   "-0.0",
                                                   "0e5",
                                                   "-0E-5",
                                                   "1E400",
                                                   "-1e400",
                                                   "1e-400",
                                                   "-1e-400",
                                                   "1e308",
                                                   "1e309",
                                                   "1.7976931348623157e308",
                                                   "1.7976931348623158e308",
                                                   "1.7976931348623159e308",
                                                   "4.9e-324",
                                                   "5e-324",
                                                   "2.4703282292062327e-324",
                                                   "2.4703282292062328e-324",
                                                   "2.2250738585072011e-308",
                                                   "1e21",
                                                   "1e20",
                                                   "999999999999999999999",
                                                   "9999999999999999999999",
                                                   "1e-6",
                                                   "1e-7",
                                                   "0.000001",
                                                   "0.0000001",
                                                   "9007199254740991",
                                                   "9007199254740992",
                                                   "9007199254740993",
                                                   "-9007199254740993",
                                                   "999999999999999",
                                                   "9999999999999999",
                                                   "0.1e1",
                                                   "100e-2",
                                                   "1e99999999999999999999999",
                                                   "1e-99999999999999999999999",
                                                   "0e99999999999999999999999",
                                                   "5e-0",
                                                   "5e+00001",
                                                   "123456789012345680000",
                                                   "1e+9223372036854775808"};
    static constexpr std::string_view wrong[] = {"01", "-01", "+1",    "1.",   ".5",      "-",
                                                 "1e", "1e+", "-.5",   "0x10", "1_000",   "1.e5",
                                                 "00", "--1", "1e5.5", "1,5",  "\xD9\xA1"};
    if (one_in(300)) {
        out += pick(wrong);
        return;
    }
    switch (below(7)) {
        case 0: out += pick(corners); break;
        case 1: random_double(out); break;
        case 2: halfway(out); break;
        case 3:
        case 4: written(out); break;
        default: out += std::to_string(static_cast<std::int64_t>(below(200'000)) - 100'000);
    }
}

void BodyGenerator::digits(std::string& out, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) out += static_cast<char>('0' + below(10));
}

// Any finite double, or one of moderate size, with any number of digits.
void BodyGenerator::random_double(std::string& out) {
    const double any = std::bit_cast<double>(random_());
    const double everyday = std::ldexp(static_cast<double>(random_()), static_cast<int>(below(120)) - 100);
    const double number = one_in(2) && std::isfinite(any) ? any : everyday;
    out += printed(one_in(2) ? "%.*e" : "%.*g", static_cast<int>(below(20)), number);
}

// The exact decimal between two neighbouring doubles, sometimes off by one unit: the hardest case for
// rounding. A long double of x86 represents the midpoint exactly; elsewhere this is just another number.
void BodyGenerator::halfway(std::string& out) {
    const double low = std::abs(std::bit_cast<double>(random_()));
    if (!std::isfinite(low) || low > 1e300) return random_double(out);
    const long double middle = (static_cast<long double>(low) + std::nextafter(low, INFINITY)) / 2;
    std::string text = printed("%.*Le", 1100, middle);
    if (one_in(3)) text.insert(text.find('e'), one_in(2) ? "0001" : "000");
    if (one_in(3)) {
        char& digit = text[text.find('e') - 1];
        digit = digit == '0' ? '1' : '0';
    }
    out += text;
}

void BodyGenerator::written(std::string& out) {
    if (one_in(3)) out += '-';
    if (one_in(3)) {
        out += '0';
    } else {
        out += static_cast<char>('1' + below(9));
        digits(out, one_in(10) ? below(400) : below(24));
    }
    if (one_in(2)) {
        out += '.';
        if (one_in(5)) out.append(below(350), '0');
        digits(out, 1 + below(24));
    }
    if (one_in(3)) {
        out += one_in(2) ? 'e' : 'E';
        if (one_in(2)) out += one_in(2) ? '+' : '-';
        out += std::to_string(one_in(3) ? below(700) : below(30));
    }
}

void BodyGenerator::spoil(std::string& text) {
    static constexpr std::string_view bytes = "\"\\{}[],:0-+.eEtfnu \n\t\x01\x80\xC3\xED\xFF";
    for (std::uint64_t changes = 1 + below(3); changes > 0 && !text.empty(); --changes) {
        const std::size_t at = below(text.size());
        switch (below(5)) {
            case 0: text.erase(at, 1); break;
            case 1: text.insert(at, 1, bytes[below(bytes.size())]); break;
            case 2: text[at] = bytes[below(bytes.size())]; break;
            case 3: text.insert(at, text.substr(below(text.size()), below(8))); break;
            default:
                if (one_in(3)) text.resize(at);
        }
    }
}

}  // namespace chathook::test
