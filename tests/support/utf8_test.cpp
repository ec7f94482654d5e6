#include "support/utf8.hpp"

#include <catch2/catch.hpp>
#include <string>

using chathook::first_code_point;

namespace {

// Encodes `value` by the table of RFC 3629, section 3, even if the RFC forbids the value.
std::string encoded(char32_t value) {
    const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
    if (value < 0x80) return {byte(value)};
    if (value < 0x800) return {byte(0xC0 | value >> 6), byte(0x80 | (value & 0x3F))};
    if (value < 0x10000) {
        return {byte(0xE0 | value >> 12), byte(0x80 | (value >> 6 & 0x3F)), byte(0x80 | (value & 0x3F))};
    }
    return {byte(0xF0 | value >> 18), byte(0x80 | (value >> 12 & 0x3F)), byte(0x80 | (value >> 6 & 0x3F)),
            byte(0x80 | (value & 0x3F))};
}

}  // namespace

TEST_CASE("every code point is decoded, and surrogates are invalid") {
    for (char32_t value = 0; value <= 0x10FFFF; ++value) {
        const std::string bytes = encoded(value);
        const auto point = first_code_point(bytes + "x");
        const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
        if (point.valid == surrogate ||
            (point.valid && (point.value != value || point.size != bytes.size()))) {
            FAIL("code point " << static_cast<unsigned long>(value));
        }
    }
    CHECK(first_code_point("").size == 0);
}

TEST_CASE("invalid bytes are skipped one at a time") {
    for (const std::string bytes :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82",
          "\xf0\x9f\x98", "\xc3x", "\xe2\x82x"}) {
        const auto point = first_code_point(bytes);
        INFO(Catch::StringMaker<std::string>::convert(bytes));
        CHECK_FALSE(point.valid);
        CHECK(point.size == 1);
    }
}

TEST_CASE("characters that could disturb a terminal are unsafe to print") {
    for (const char32_t value : {0x00, 0x0A, 0x1B, 0x1F, 0x7F, 0x80, 0x9B, 0x9F, 0x200E, 0x200F, 0x2028,
                                 0x2029, 0x202A, 0x202E, 0x2066, 0x2069}) {
        CHECK(chathook::unsafe_to_print(value));
    }
    for (const char32_t value : {0x20, 0x41, 0x7E, 0xA0, 0xE9, 0x200D, 0x2027, 0x202F, 0x20AC, 0x1F600}) {
        CHECK_FALSE(chathook::unsafe_to_print(value));
    }
}

TEST_CASE("the plain prefix ends at the first byte that needs an escape, at any position") {
    for (int value = 0; value < 256; ++value) {
        const auto byte = static_cast<char>(value);
        const bool plain = value >= ' ' && value < 0x7F && byte != '"' && byte != '\\';
        for (std::size_t at = 0; at < 20; ++at) {
            // The bytes behind it would show a carry from one byte into the next.
            const std::string text = std::string(at, 'a') + byte + "!\x7f]#" + std::string(20 - at, '[');
            const std::size_t expected = plain ? at + 2 : at;
            if (chathook::plain_ascii(text) != expected) FAIL("byte " << value << " at " << at);
        }
    }
    // At every length, and also within the last bytes, which are checked together with bytes before them.
    for (std::size_t size = 1; size <= 40; ++size) {
        std::string text(size, 'a');
        if (chathook::plain_ascii(text) != size) FAIL(size << " bytes");
        for (std::size_t at = 0; at < size; ++at) {
            text[at] = '"';
            if (chathook::plain_ascii(text) != at) FAIL("a quote at " << at << " of " << size);
            text[at] = 'a';
        }
    }
    CHECK(chathook::plain_ascii("") == 0);
    CHECK(chathook::plain_ascii("seven b") == 7);
    CHECK(chathook::plain_ascii("sixteen bytes ok") == 16);
}
