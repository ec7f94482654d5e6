#include "ecma/printer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

#include "ecma/document.hpp"

using namespace chathook;

namespace {

std::string printed(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    REQUIRE(document != nullptr);
    return ecma::Printer(*document).print();
}

}  // namespace

TEST_CASE("a text that is its own JSON.stringify form is printed unchanged") {
    for (const std::string_view text :
         {R"({})", R"([])", R"({"a":1,"b":[true,false,null,-3,"x y",{}],"c":{"d":[[],[0]]}})", R"("text")",
          "7"}) {
        CHECK(printed(text) == text);
    }
}

TEST_CASE("white space is omitted everywhere") {
    CHECK(printed(" { \"a\" : [ 1 , 2 ] ,\n\t\"b\" : { } , \"c\" : [ ] } ") ==
          R"({"a":[1,2],"b":{},"c":[]})");
    CHECK(printed("{\"a\": 1,\"b\" :2, \"c\":3 }") == R"({"a":1,"b":2,"c":3})");
    CHECK(printed("[1,2 ,3]") == "[1,2,3]");
}

TEST_CASE("only tokens that JSON.stringify spells differently change") {
    CHECK(printed(R"({"a":1.50,"b":"x\u0079","c":-0,"d":1e400,"e":[1.0,2]})") ==
          R"({"a":1.5,"b":"xy","c":0,"d":null,"e":[1,2]})");
    CHECK(printed(R"(["\/","\n","a"])") == R"(["/","\n","a"])");
}

TEST_CASE("members out of order are sorted together with their contents") {
    CHECK(printed(R"({"b":1,"2":[{"a":0}],"1":{"z":0,"0":1}})") ==
          R"({"1":{"0":1,"z":0},"2":[{"a":0}],"b":1})");
    CHECK(printed(R"({"a":1,"b":2,"a":3})") == R"({"a":3,"b":2})");
    CHECK(printed(R"({"a":{"x":1},"\u0061":{"y":2,"y":3},"b":0})") == R"({"a":{"y":3},"b":0})");
    // Keys that differ although their sizes and last characters are equal.
    CHECK(printed(R"({"xa":1,"ya":2,"za":3,"ya":4})") == R"({"xa":1,"ya":4,"za":3})");
}

TEST_CASE("an object of many members is sorted like a small one") {
    std::string text = "{", want = "{";
    for (int i = 99; i >= 0; --i) {
        const std::string name = "a long name that begins like all others " + std::to_string(i);
        text +=
            "\"" + std::to_string(i) + "\":" + std::to_string(i) + ",\"" + name + "\":0,\"" + name + "\":1,";
    }
    for (int i = 0; i < 100; ++i) want += "\"" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    for (int i = 99; i >= 0; --i) {
        want += "\"a long name that begins like all others " + std::to_string(i) + "\":1,";
    }
    text.back() = want.back() = '}';
    CHECK(printed(text) == want);
}
