#include "normalize/json_text.hpp"

#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace chathook::normalize {
namespace {

using namespace std::string_literals;

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST_CASE("text is written as JSON with quotes, backslashes and control characters escaped") {
    CHECK(json_string("") == R"("")");
    CHECK(json_string("plain / text") == R"("plain / text")");
    CHECK(json_string("say \"hi\" \\ bye") == R"("say \"hi\" \\ bye")");
    CHECK(json_string("\b\f\n\r\t") == R"("\b\f\n\r\t")");
    CHECK(json_string("\x01\x1fz") == R"("\u0001\u001fz")");
    CHECK(json_string("\x7f") == "\"\x7f\"");
}

TEST_CASE("text outside ASCII is kept, including separators and byte order marks") {
    for (const auto* text :
         {"\u00E9", "\u4E2D", "\U0001F600", "\u2028\u2029", "\uFEFF", "\uFFFF", "\U0010FFFF"}) {
        CHECK(json_string(text) == '"' + std::string(text) + '"');
    }
}

TEST_CASE("a lone surrogate and a NUL become one U+FFFD each, and nothing else changes") {
    CHECK(json_string("a\xED\xA0\x80z") == "\"a\uFFFDz\"");
    CHECK(json_string("\xED\xAF\xBF\xED\xBF\xBF") == "\"\uFFFD\uFFFD\"");
    CHECK(json_string("a\0\0z"s) == "\"a\uFFFD\uFFFDz\"");
    CHECK(json_string("\xED\x9F\xBF") == "\"\xED\x9F\xBF\"");
}

TEST_CASE("each byte that is not WTF-8 becomes one replacement character") {
    for (const auto* bytes : {"\x80", "\xC0", "\xFF", "\xE2", "\xF5"}) {
        CHECK(json_string(bytes) == "\"\xEF\xBF\xBD\"");
    }
    CHECK(json_string("\xE2\x82z") == "\"\xEF\xBF\xBD\xEF\xBF\xBDz\"");
    CHECK(json_string("\xED\xA0") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST_CASE("every single byte gives JSON that another parser accepts") {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text{'a', static_cast<char>(byte), 'z'};
        CAPTURE(byte);
        CHECK(nlohmann::json::accept(json_string(text)));
    }
}

TEST_CASE("an attribute contains no control character, lone surrogate or noncharacter") {
    CHECK(attribute_text("handover \u00E9 \"x\"") == "handover \u00E9 \"x\"");
    CHECK(attribute_text("a\nb\x7F\xC2\x85z") == "a\uFFFDb\uFFFD\uFFFDz");
    CHECK(attribute_text("\xED\xA0\x80!") == "\uFFFD!");
    CHECK(attribute_text("\xEF\xBF\xBE\xEF\xB7\x90") == "\uFFFD\uFFFD");
    CHECK(attribute_text("\xF0\x9F\xBF\xBF") == "\uFFFD");
    CHECK(attribute_text("\xFF") == "\uFFFD");
}

}  // namespace
}  // namespace chathook::normalize
