#include "support/json_pointer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using chathook::fault_of_json_pointer;
using chathook::json_pointer_steps;
using Steps = std::vector<std::string>;

TEST_CASE("the steps of a JSON pointer are decoded as RFC 6901 says") {
    CHECK(json_pointer_steps("/a/b/0") == Steps{"a", "b", "0"});
    CHECK(json_pointer_steps("/") == Steps{""});
    CHECK(json_pointer_steps("/a~1b/m~0n/~01") == Steps{"a/b", "m~n", "~1"});
    CHECK(json_pointer_steps("/a//") == Steps{"a", "", ""});
}

TEST_CASE("what is no JSON pointer into a body is said to be none") {
    CHECK(fault_of_json_pointer("/a/b~0/~1").empty());
    CHECK(fault_of_json_pointer("/" + std::string(255, 'a')).empty());
    CHECK(fault_of_json_pointer(std::string(16, '/')).empty());
    const auto faulty = [](const std::string& text) { return !fault_of_json_pointer(text).empty(); };
    CHECK(faulty(""));
    CHECK(faulty("a/b"));
    CHECK(faulty("^/a"));
    CHECK(faulty("/" + std::string(256, 'a')));
    CHECK(faulty(std::string(17, '/')));
    CHECK(faulty("/a~"));
    CHECK(faulty("/a~2"));
}
