#include "http/second_opinion.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "http/gate_cases.hpp"

using namespace chathook::http;
using namespace chathook::http::test;

TEST_CASE("a head is refused unless Beast reads the same framing out of it") {
    Head head;
    const std::string bytes = post({"Content-Length: 5", "X: y"});
    REQUIRE_FALSE(pass(bytes, head).refusal);
    CHECK(beast_agrees(bytes, {}, head));
    head.content_length = 6;
    CHECK_FALSE(beast_agrees(bytes, {}, head));
    head.content_length = 5;
    head.chunked = true;
    CHECK_FALSE(beast_agrees(bytes, {}, head));
    head.chunked = false;
    head.fields[2].value = "z";
    CHECK_FALSE(beast_agrees(bytes, {}, head));
    head.fields.pop_back();
    CHECK_FALSE(beast_agrees(bytes, {}, head));
    CHECK_FALSE(beast_agrees("GET / HTTP/1.1\r\nHost : a\r\n\r\n", {}, head));
}

TEST_CASE("a head is refused unless Beast reads the same target out of it") {
    Head head;
    for (const char* const query : {"?a=b", "?", ""}) {
        const std::string bytes = target(std::string("/hook") + query);
        REQUIRE_FALSE(pass(bytes, head).refusal);
        CHECK(beast_agrees(bytes, {}, head));
        head.query = "a=c";
        CHECK_FALSE(beast_agrees(bytes, {}, head));
    }
}
