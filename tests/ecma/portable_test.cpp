#include "ecma/portable.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "ecma/number.hpp"

namespace chathook::ecma {
namespace {

using namespace std::string_literals;

constexpr std::size_t levels = 8;

// The portable form of `text`, even if it has no obstacle.
std::string portable(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    REQUIRE(document != nullptr);
    std::string out;
    append_portable(out, *document, document->root(), levels);
    CHECK_FALSE(find_obstacles(*JsonDocument::parse(out), levels).any());
    return out;
}

Obstacles obstacles(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    REQUIRE(document != nullptr);
    return find_obstacles(*document, levels);
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST_CASE("text that every reader accepts has no obstacle and keeps its spelling") {
    for (const auto* text :
         {R"({"a":"\ud83d\ude00\u0041\/\\u0000\\ud800","b":[1.50,-0,1e+5,true,null]})", R"({"":{}})",
          R"("\uffff\ufdd0\u0001")", R"({"id":12345678901234567890123,"n":1e-99})", "[1E99,1.7e308,1e-400]",
          R"({"a":1,"A":1,"b":1,"c":{"a":1}})"}) {
        CAPTURE(text);
        CHECK_FALSE(obstacles(text).any());
        CHECK(portable(text) == text);
    }
}

TEST_CASE("the escape of each lone surrogate becomes U+FFFD, and nothing beside it changes") {
    CHECK(obstacles(R"("\ud83d")").surrogate);
    CHECK(portable(R"("a\ud83db")") == "\"a\uFFFDb\"");
    CHECK(portable(R"("\udc00\ud83d")") == "\"\uFFFD\uFFFD\"");
    CHECK(portable(R"("\ud83d\ud83d\ude00\ude00")") == "\"\uFFFD\\ud83d\\ude00\uFFFD\"");
    CHECK(portable(R"("\uD83D\n\uDE00\\ud83d")") == "\"\uFFFD\\n\uFFFD\\\\ud83d\"");
    CHECK(portable(R"({"k\ud83d":["\ud83d\u0041"]})") == "{\"k\uFFFD\":[\"\uFFFD\\u0041\"]}");
}

TEST_CASE("each escaped NUL becomes U+FFFD") {
    CHECK(obstacles(R"({"\u0000":1})").nul);
    CHECK(portable(R"({"\u0000a":"x\u0000\u0000y\\u0000"})") == "{\"\uFFFDa\":\"x\uFFFD\uFFFDy\\\\u0000\"}");
}

TEST_CASE("a number out of range becomes the nearest double, or null if there is none") {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"1e400", "null"},
             {"-1E309", "null"},
             {"1e-401", "0"},
             {"0e999999999999", "0"},
             {"-1e-99999999999", "0"},
             {std::string(310, '9'), "null"},
             {std::string(5000, '9'), "null"},
             {"0." + std::string(20000, '1'), "0.1111111111111111"},
             {std::string(250, '9') + "e99", "null"}}) {
        CAPTURE(text);
        CHECK(obstacles(text).number);
        CHECK(obstacles("{\"a\":[" + text + "]}").number);
        CHECK(portable("[1.0, " + text + "]") == "[1.0," + expected + "]");
    }
    for (const auto& text : {std::string(308, '9'), "0." + std::string(398, '1'), "1e308"s, "0e400"s}) {
        CHECK_FALSE(obstacles(text).any());
        CHECK(portable(text) == text);
    }
}

TEST_CASE("a container that nests too deeply becomes null, and the text after it is kept") {
    CHECK_FALSE(obstacles(nested(levels)).any());
    CHECK(obstacles(nested(levels + 1)).depth);
    CHECK(portable(nested(levels + 1)) == nested(levels).insert(levels, "null"));
    CHECK(portable("[" + nested(200'000) + ",1,{\"a\":" + nested(levels) + ",\"b\":2}]") ==
          "[" + nested(levels - 1).insert(levels - 1, "null") +
              ",1,{\"a\":" + nested(levels - 2).insert(levels - 2, "null") + ",\"b\":2}]");
}

TEST_CASE("of keys that are equal after replacement, the last one and its value are kept") {
    CHECK(obstacles(R"({"a":1,"\u0061":2})").duplicate_key);
    CHECK(portable(R"({"a":{"x":[1]},"b":1,"\u0061":2})") == R"({"b":1,"\u0061":2})");
    CHECK(portable(R"([{"a":1,"a":2,"a":3},{"a":1}])") == R"([{"a":3},{"a":1}])");
    CHECK(portable("{\"\\ud800\":1,\"\\udbff\":2,\"\\u0000\":3,\"\\ufffd\":4,\"b\":{\"\":1,\"\":2}}") ==
          R"({"\ufffd":4,"b":{"":2}})");
    CHECK(obstacles(R"({"\ud800":1,"\udbff":2})").duplicate_key);
    CHECK_FALSE(obstacles(R"({"\ud800":1,"b":2})").duplicate_key);
}

TEST_CASE("equal keys are found among many") {
    std::string text = "{";
    for (int i = 0; i < 5000; ++i) text += "\"key" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    CHECK_FALSE(obstacles(text + "\"last\":0}").any());
    CHECK(obstacles(text + "\"key0\":0}").duplicate_key);
    CHECK(portable(text + "\"key0\":\"x\"}").starts_with(R"({"key1":1,)"));
    CHECK(portable(text + "\"key0\":\"x\"}").ends_with(R"(,"key0":"x"})"));
}

TEST_CASE("a single value of a document is printed, down to the given depth") {
    const auto document = JsonDocument::parse(R"({"a":[[1],"\ud800"],"b":2})");
    std::string out = "before ";
    append_portable(out, *document, document->root()["a"], 1);
    CHECK(out == "before [null,\"\uFFFD\"]");
    out.clear();
    append_portable(out, *document, document->root()["a"], 0);
    CHECK(out == "null");
}

}  // namespace
}  // namespace chathook::ecma
