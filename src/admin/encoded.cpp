#include "admin/encoded.hpp"
#include "support/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace chathook::admin {

namespace {

// The character that a form at the beginning of a text stands for, and the form's length in bytes; 0: no
// form.
struct Form {
    std::uint32_t meaning = 0;
    std::size_t bytes = 0;
};

constexpr std::uint32_t code_points_end = 0x110000;
constexpr std::size_t reference_digits_max = 8;  // leading zeros included

// The value of exactly `digits` hexadecimal digits; -1 if they are not there.
int hex_number(std::string_view text, std::size_t digits) noexcept {
    if (text.size() < digits) return -1;
    int value = 0;
    for (const char c : text.substr(0, digits)) {
        const int digit = hex_value(c);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

bool is_surrogate(std::uint32_t unit) noexcept { return unit >= 0xd800 && unit < 0xe000; }

// Ends a word like a blank.
bool is_white_space(std::uint32_t meaning) noexcept {
    return meaning == '\t' || meaning == '\n' || meaning == '\r';
}

bool is_worth_decoding(std::uint32_t meaning) noexcept {
    return meaning >= 0x20 && meaning != 0x7f && meaning < code_points_end && !is_surrogate(meaning);
}

int percent_byte(std::string_view text) noexcept {
    return text.size() >= 3 && text.front() == '%' ? hex_number(text.substr(1), 2) : -1;
}

// %XX, or several of them for a character beyond ASCII in UTF-8.
Form percent_form(std::string_view text) noexcept {
    const int first = percent_byte(text);
    if (first < 0) return {};
    if (first < 0x80) return {static_cast<std::uint32_t>(first), 3};
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4) return {};
    auto meaning = static_cast<std::uint32_t>(first) & (0x7fu >> length);
    for (std::size_t at = 1; at < length; ++at) {
        if (text.size() < 3 * at) return {};
        const int next = percent_byte(text.substr(3 * at));
        if (next < 0 || (next & 0xc0) != 0x80) return {};
        meaning = meaning << 6 | (static_cast<std::uint32_t>(next) & 0x3f);
    }
    constexpr std::array<std::uint32_t, 5> shortest{0, 0, 0x80, 0x800, 0x10000};
    if (meaning < shortest[length]) return {};
    return {meaning, 3 * length};
}

struct NamedReference {
    std::string_view name;
    std::uint32_t meaning;
};
constexpr std::array named_references{
    NamedReference{"&amp;", '&'},   NamedReference{"&commat;", '@'}, NamedReference{"&period;", '.'},
    NamedReference{"&plus;", '+'},  NamedReference{"&lowbar;", '_'}, NamedReference{"&lt;", '<'},
    NamedReference{"&gt;", '>'},    NamedReference{"&quot;", '"'},   NamedReference{"&apos;", '\''},
    NamedReference{"&nbsp;", ' '},  NamedReference{"&lpar;", '('},   NamedReference{"&rpar;", ')'},
    NamedReference{"&sol;", '/'},   NamedReference{"&percnt;", '%'}, NamedReference{"&num;", '#'},
    NamedReference{"&colon;", ':'}, NamedReference{"&bsol;", '\\'},
};

// A numeric reference ends with its digits, as browsers read it; a semicolon behind them is part of it.
Form reference_form(std::string_view text) noexcept {
    if (text.size() < 2 || text[1] != '#') {
        for (const NamedReference& named : named_references) {
            if (text.starts_with(named.name)) return {named.meaning, named.name.size()};
        }
        return {};
    }
    std::size_t at = 2;
    const bool hex = at < text.size() && (text[at] == 'x' || text[at] == 'X');
    if (hex) ++at;
    const std::size_t digits_at = at;
    const int base = hex ? 16 : 10;
    std::uint32_t meaning = 0;
    for (; at < text.size() && at - digits_at < reference_digits_max; ++at) {
        const int digit = hex_value(text[at]);
        if (digit < 0 || digit >= base) break;
        meaning = std::min(meaning * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit),
                           code_points_end);
    }
    if (at == digits_at) return {};
    if (at < text.size() && text[at] == ';') ++at;
    return {meaning == 0xa0 ? ' ' : meaning, at};
}

int escaped_unit(std::string_view text) noexcept {
    return text.starts_with("\\u") ? hex_number(text.substr(2), 4) : -1;
}

// \uXXXX, two of them for a character beyond the first 65,536.
Form escape_form(std::string_view text) noexcept {
    constexpr std::size_t unit_bytes = 6;
    const std::size_t slashes = std::min(text.find_first_not_of('\\'), text.size());
    const std::size_t at = slashes - 1;
    const int unit = escaped_unit(text.substr(at));
    if (unit < 0) return {};
    const auto first = static_cast<std::uint32_t>(unit);
    if (!is_surrogate(first)) return {first, at + unit_bytes};
    std::size_t second_at = at + unit_bytes;
    const std::size_t second_slashes = second_at;
    second_at = text.find_first_not_of('\\', second_at);
    if (second_at == std::string_view::npos || second_at == second_slashes) return {};
    const int second = escaped_unit(text.substr(second_at - 1));
    if (second < 0xdc00 || second > 0xdfff || first > 0xdbff) return {};
    const std::uint32_t meaning =
        0x10000 + ((first - 0xd800) << 10) + (static_cast<std::uint32_t>(second) - 0xdc00);
    return {meaning, second_at - 1 + unit_bytes};
}

Form form_at(std::string_view text) noexcept {
    switch (text.front()) {
        case '%': return percent_form(text);
        case '&': return reference_form(text);
        default: return escape_form(text);
    }
}

void append_utf8(std::string& text, std::uint32_t c) {
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80) return put(c);
    if (c < 0x800) {
        put(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            put(0xe0 | c >> 12);
        } else {
            put(0xf0 | c >> 18);
            put(0x80 | (c >> 12 & 0x3f));
        }
        put(0x80 | (c >> 6 & 0x3f));
    }
    put(0x80 | (c & 0x3f));
}

}  // namespace

std::optional<std::string> decoded_once(std::string_view text) {
    constexpr std::string_view beginnings = "%&\\";
    std::optional<std::string> decoded;
    std::size_t copied = 0;
    for (std::size_t at = text.find_first_of(beginnings); at != std::string_view::npos;) {
        Form form = form_at(text.substr(at));
        if (is_white_space(form.meaning)) form.meaning = ' ';
        if (form.bytes == 0 || !is_worth_decoding(form.meaning)) {
            // Skips a run of backslashes at once; otherwise a run of n would be scanned n times.
            const std::size_t next = text[at] == '\\' ? text.find_first_not_of('\\', at) : at + 1;
            at = next == std::string_view::npos ? next : text.find_first_of(beginnings, next);
            continue;
        }
        if (!decoded) decoded.emplace();
        decoded->append(text.substr(copied, at - copied));
        append_utf8(*decoded, form.meaning);
        copied = at + form.bytes;
        at = text.find_first_of(beginnings, copied);
    }
    if (decoded) decoded->append(text.substr(copied));
    return decoded;
}

}  // namespace chathook::admin
