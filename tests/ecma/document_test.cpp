#include "ecma/document.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace chathook;

TEST_CASE("valid UTF-8 is parsed in place, without a copy") {
    const std::string raw = R"({"name":"Jörg"})";
    const auto document = JsonDocument::parse_bytes(raw);
    REQUIRE(document != nullptr);
    CHECK(document->text().data() == raw.data());
    CHECK(document->text() == raw);
    CHECK(document->root()["name"].text().data() == raw.data() + 9);
}

TEST_CASE("one byte order mark is dropped and a second one is not JSON") {
    const std::string raw = "\xEF\xBB\xBF[1]";
    const auto document = JsonDocument::parse_bytes(raw);
    REQUIRE(document != nullptr);
    CHECK(document->text() == "[1]");
    CHECK(JsonDocument::parse_bytes("\xEF\xBB\xBF\xEF\xBB\xBF[1]") == nullptr);
    CHECK(JsonDocument::parse_bytes("\xEF\xBB\xBF") == nullptr);
    const auto inside = JsonDocument::parse_bytes("[\"\xEF\xBB\xBF\"]");
    REQUIRE(inside != nullptr);
    CHECK(inside->root().first().text() == "\xEF\xBB\xBF");
}

TEST_CASE("invalid UTF-8 reads as U+FFFD and the document keeps the decoded text") {
    JsonDocument::Pointer document;
    {
        const std::string raw = "\xEF\xBB\xBF{\"a\":\"x\xC3\x28\"}";
        document = JsonDocument::parse_bytes(raw);
    }
    REQUIRE(document != nullptr);
    CHECK(document->text() == "{\"a\":\"x\xEF\xBF\xBD(\"}");
    CHECK(document->root()["a"].text() == "x\xEF\xBF\xBD(");
}

TEST_CASE("invalid UTF-8 outside of strings is not JSON") {
    CHECK(JsonDocument::parse_bytes("[\xFF]") == nullptr);
    CHECK(JsonDocument::parse_bytes("\xFF[]") == nullptr);
}

TEST_CASE("a document that owns its text keeps it alive") {
    JsonDocument::Pointer document;
    {
        std::string text = R"(["short"])";
        document = JsonDocument::parse_owned(std::move(text));
    }
    REQUIRE(document != nullptr);
    CHECK(document->root().first().text() == "short");
    CHECK(JsonDocument::parse_owned("[") == nullptr);
}

TEST_CASE("depth counts containers around the innermost value") {
    const auto depth = [](std::string_view text) { return JsonDocument::parse(text)->max_depth(); };
    CHECK(depth("1") == 0);
    CHECK(depth("{}") == 1);
    CHECK(depth("[[],{\"a\":[1]},[]]") == 3);
    CHECK(depth("[[[[]]],[]]") == 4);
}
