#include <chathook/json.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "ecma/document.hpp"

using namespace chathook;

namespace {

using Pointers = std::vector<std::string>;

// The repeated keys recorded for `text` when `look` reads it.
template <class Look>
Pointers noted(std::string_view text, Look look) {
    const auto document = JsonDocument::parse(text);
    REQUIRE(document != nullptr);
    RepeatedKeys repeated;
    look(document->root(&repeated));
    CHECK(repeated.empty() == repeated.pointers().empty());
    return repeated.pointers();
}

}  // namespace

TEST_CASE("a duplicate key is recorded when it is looked up, and its last value is read") {
    const auto look = [](Json root) { CHECK(root["a"].id() == "2"); };
    CHECK(noted(R"({"a":1,"a":2})", look) == Pointers{"/a"});
    CHECK(noted(R"({"a":1,"b":3,"a":1,"a":2})", look) == Pointers{"/a"});
    CHECK(noted(R"({"a":1,"\u0061":2})", look) == Pointers{"/a"});
    CHECK(noted(R"({"a":2})", look).empty());
}

TEST_CASE("a duplicate key that is not looked up is not recorded") {
    CHECK(noted(R"({"a":1,"b":2,"b":3,"c":{"a":1,"a":2}})", [](Json root) {
              CHECK(root["a"].id() == "1");
              CHECK(root["none"].kind() == Json::Kind::absent);
          }).empty());
}

TEST_CASE("repeated keys are named by their JSON pointer, each once") {
    const auto look = [](Json root) {
        for (int twice = 0; twice < 2; ++twice) {
            for (Json line = root["lines"].first(); line; line = line.next()) {
                CHECK(line["who"]["name"].text() == (line.is_array() ? "" : "last"));
            }
        }
        CHECK(root["a/b~c"].id() == "2");
    };
    CHECK(noted(R"({"x":[[],{}],"a/b~c":1,"a/b~c":2,"lines":[{"who":{"name":"last"}},[],
                 {"who":0,"who":{"name":"first","name":"last"}}]})",
                look) == Pointers{"/lines/2/who", "/lines/2/who/name", "/a~1b~0c"});
    CHECK(noted(R"({"lines":[{"who":{"name":"last"}}],"a/b~c":2})", look).empty());
}

TEST_CASE("at most sixteen repeated keys are listed") {
    std::string text = "[";
    for (int i = 0; i < 1000; ++i) text += R"({"a":1,"a":2},)";
    text.back() = ']';
    const auto pointers = noted(text, [](Json root) {
        for (Json item = root.first(); item; item = item.next()) CHECK(item["a"].id() == "2");
    });
    CHECK(pointers.size() == RepeatedKeys::most);
    CHECK(pointers.back() == "/15/a");
}

TEST_CASE("without a recorder, repeated keys are read in the same way") {
    const auto document = JsonDocument::parse(R"({"a":1,"a":2})");
    CHECK(document->root()["a"].id() == "2");
}
