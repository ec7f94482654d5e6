#include "learn/leaves.hpp"

#include <catch2/catch.hpp>

#include "ecma/document.hpp"

namespace chathook::learn {

TEST_CASE("the leaves of a body have their pointers, keys and owners") {
    const auto document =
        JsonDocument::parse(R"({"a":1,"b/c":{"d~e":"x","f":[{"g":true},{"h":2}]},"i":[],"j":{},"k":[null]})");
    REQUIRE(document != nullptr);
    std::vector<std::string> pointers;
    const auto leaves = leaves_of(document->root());
    for (const Leaf& leaf : leaves) pointers.push_back(leaf.pointer);
    CHECK(pointers == std::vector<std::string>{"/a", "/b~1c/d~0e", "/b~1c/f/0/g", "/k/0"});
    CHECK(leaves[0].owner.empty());
    CHECK(leaves[1].key == "d~e");
    CHECK(leaves[1].owner == "b/c");
    const auto arrays = object_arrays_of(document->root());
    REQUIRE(arrays.size() == 1);
    CHECK(arrays[0].pointer == "/b~1c/f");
}

TEST_CASE("leaves are bounded in number, in depth and in the length of their keys") {
    std::string wide = "{", deep;
    for (int i = 0; i < 1000; ++i) wide += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
    for (int i = 0; i < 100; ++i) deep += "{\"k\":";
    const auto many = JsonDocument::parse_owned(wide + "}");
    const auto nested = JsonDocument::parse_owned(deep + "1" + std::string(100, '}'));
    const auto odd = JsonDocument::parse_owned("{\"" + std::string(65, 'k') +
                                               R"(":1,"a\nb":2,"a@example.com":5,"c":4,"c":3})");
    CHECK(leaves_of(many->root()).size() == leaves_max);
    CHECK(leaves_of(nested->root()).empty());
    REQUIRE(leaves_of(odd->root()).size() == 1);
    CHECK(leaves_of(odd->root()).front().key == "c");
    CHECK(leaves_of(odd->root()).front().value.id() == "3");  // the last one counts
}

}  // namespace chathook::learn
