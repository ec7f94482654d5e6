#include "ecma/utf8.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace chathook::ecma;

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

std::string replacements(std::size_t count) {
    std::string text;
    while (count-- > 0) text += replacement;
    return text;
}

}  // namespace

TEST_CASE("each maximal invalid part is replaced by one U+FFFD") {
    struct Row {
        std::string_view bytes;
        std::size_t replaced;
    };
    // The counts are Node's (TextDecoder) and the WHATWG Encoding Standard's.
    for (const Row& row : {Row{"\x80", 1}, Row{"\xC0\x80", 2}, Row{"\xC1\xBF", 2}, Row{"\xC2", 1},
                           Row{"\xE0\x80\x80", 3}, Row{"\xE2\x82", 1}, Row{"\xED\xA0\x80", 3},
                           Row{"\xF0\x9F\x98", 1}, Row{"\xF0\x80\x80\x80", 4}, Row{"\xF4\x90\x80\x80", 4},
                           Row{"\xF5\x80\x80\x80", 4}, Row{"\xFF\xFE", 2}, Row{"\xE2\x82\xE2\x82", 2}}) {
        CAPTURE(row.bytes.size(), row.replaced);
        CHECK_FALSE(is_utf8(row.bytes));
        CHECK(decode_utf8(row.bytes) == replacements(row.replaced));
        const std::string between = "before " + std::string(row.bytes) + "\"after\"";
        CHECK(decode_utf8(between) == "before " + replacements(row.replaced) + "\"after\"");
    }
}

TEST_CASE("a character after a truncated one is kept") {
    CHECK(decode_utf8("\xF0\x9F\xC3\xA9") == replacements(1) + "\xC3\xA9");
    CHECK(decode_utf8("\xE2\x82\xE2\x82\xAC") == replacements(1) + "\xE2\x82\xAC");
}

TEST_CASE("valid UTF-8 is left unchanged, at every length and position") {
    const std::string_view all =
        "a\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"
        "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\xEF\xBB\xBF";
    for (std::size_t padding = 0; padding < 20; ++padding) {
        const std::string text = std::string(padding, 'x') + std::string(all) + std::string(padding, 'y');
        CHECK(is_utf8(text));
        CHECK(decode_utf8(text) == text);
    }
    CHECK(is_utf8(""));
    CHECK(decode_utf8("").empty());
}

TEST_CASE("an invalid byte is found at every position of a long text") {
    for (std::size_t at = 0; at < 40; ++at) {
        std::string text(40, 'x');
        text[at] = '\xFF';
        CHECK_FALSE(is_utf8(text));
    }
}

TEST_CASE("a lone surrogate is encoded in three bytes that never occur in valid UTF-8") {
    std::string out;
    append_utf8(out, 0xD83D);
    CHECK(out == "\xED\xA0\xBD");
    CHECK_FALSE(is_utf8(out));
    out.clear();
    for (const char32_t value : {U'A', U'\u00e9', U'\u20ac', U'\U0001F600'}) append_utf8(out, value);
    CHECK(out == "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}
