#include "ecma/parser.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "ecma/document.hpp"

using namespace chathook;
using namespace std::string_view_literals;

namespace {

bool is_json(std::string_view text) { return JsonDocument::parse(text) != nullptr; }

void check_refused(std::initializer_list<std::string_view> texts) {
    for (const std::string_view text : texts) {
        CAPTURE(text);
        CHECK_FALSE(is_json(text));
    }
}

}  // namespace

TEST_CASE("every form of the JSON grammar is accepted") {
    for (const std::string_view text :
         {"{}"sv, "[]"sv, "null"sv, "true"sv, "false"sv, "0"sv, "-0"sv, "\"\""sv, " \t\r\n[ ] \n"sv,
          R"({"a":1,"b":[true,false,null],"c":{"d":"e"}})"sv, "[0,-1,1.5,1e5,1E+5,1e-05,0.0e0,10]"sv,
          R"(["\"\\\/\b\f\n\r\t\u00e9\uD83d\uDe00\ud800"])"sv, "[\"\x7F\xC2\x80\xE2\x80\xA8\xEF\xBB\xBF\"]"sv,
          "{\"\":{\"\":[]}}"sv, "[[[[]],{}]]"sv}) {
        CAPTURE(text);
        CHECK(is_json(text));
    }
}

TEST_CASE("arrays and objects that JSON.parse rejects are rejected") {
    check_refused({"{"sv,
                   "["sv,
                   "]"sv,
                   "}"sv,
                   "[}"sv,
                   "{]"sv,
                   "[1,]"sv,
                   "[,1]"sv,
                   "[1 2]"sv,
                   "[1,,2]"sv,
                   "{,}"sv,
                   "{\"a\":1,}"sv,
                   "{\"a\"}"sv,
                   "{\"a\":}"sv,
                   "{a:1}"sv,
                   "{'a':1}"sv,
                   "{1:1}"sv,
                   "{\"a\" 1}"sv,
                   "{\"a\":1 \"b\":2}"sv,
                   "[]]"sv,
                   "[] []"sv,
                   "{}x"sv,
                   "{\"a\":1}}"sv,
                   "[\"a\":1]"sv});
}

TEST_CASE("words and numbers that JSON.parse rejects are rejected") {
    check_refused({"nul"sv, "nulll"sv, "True"sv, "NaN"sv, "Infinity"sv, "undefined"sv, "01"sv, "-01"sv,
                   "00"sv, "+1"sv, "-"sv, "1."sv, ".5"sv, "-.5"sv, "1.e5"sv, "1e"sv, "1e+"sv, "0x10"sv,
                   "1_0"sv});
}

TEST_CASE("strings that JSON.parse rejects are rejected") {
    check_refused({"\""sv, "\"\\\""sv, "\"\\"sv, "\"\\x41\""sv, "\"\\u12\""sv, "\"\\u12G4\""sv,
                   "\"\\ud800\\u\""sv, "\"\\ud800\\u12\""sv, "\"\\'\""sv, "\"\n\""sv, "\"\t\""sv, "\"\0\""sv,
                   "\"\x1F\""sv});
}

TEST_CASE("white space and comments that JSON.parse rejects are rejected") {
    check_refused({""sv, " "sv, "[\v1]"sv, "[\f]"sv, "[\xC2\xA0]"sv, "\xEF\xBB\xBF[]"sv, "[]\0"sv, "\0[]"sv,
                   "[1]//"sv, "/**/[]"sv});
}

TEST_CASE("a truncated text is rejected and never read beyond its end") {
    const std::string_view whole =
        R"({"name":"J\u00f6rg \ud83d\ude00","list":[1.5e+3,true,null,-0],"o":{"p":""}})";
    REQUIRE(is_json(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        // In memory of its own, so that the address sanitizer notices a read beyond the end.
        const std::string cut(whole.substr(0, size));
        CAPTURE(cut);
        CHECK_FALSE(is_json(std::string_view(cut.data(), cut.size())));
    }
}

TEST_CASE("a control character is found at every position of a string") {
    for (std::size_t size = 1; size < 40; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            std::string text = "\"" + std::string(size, 'x') + "\"";
            REQUIRE(is_json(text));
            text[at + 1] = '\x1F';
            CHECK_FALSE(is_json(text));
            text[at + 1] = '\x20';
            CHECK(is_json(text));
            text[at + 1] = '"';
            CHECK_FALSE(is_json(text));
        }
    }
}

TEST_CASE("nesting of any depth is parsed without recursion") {
    constexpr std::size_t depth = 512 * 1024;
    const std::string arrays = std::string(depth, '[') + std::string(depth, ']');
    const auto document = JsonDocument::parse(arrays);
    REQUIRE(document != nullptr);
    CHECK(document->max_depth() == depth);
    CHECK_FALSE(is_json(std::string(2 * depth, '[')));

    std::string objects;
    for (std::size_t i = 0; i < depth / 8; ++i) objects += "{\"a\":";
    CHECK_FALSE(is_json(objects));
    objects += "1" + std::string(depth / 8, '}');
    CHECK(is_json(objects));
}
