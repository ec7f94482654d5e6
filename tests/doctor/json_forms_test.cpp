#include "doctor/json_forms.hpp"

#include <catch2/catch.hpp>

#include "ecma/stringify.hpp"

namespace chathook::doctor {
namespace {

constexpr std::string_view body =
    "{ \"b\": \"Zo\u00eb \U0001F600 a/b <&>\\n\\u0001\", \"10\": [1.50, {}, []],\n\"9\": null, \"a\": [true, "
    "{\"x\": "
    "-0}] }";

std::string printed(std::string_view text, const JsonStyle& style) {
    const auto document = JsonDocument::parse(text);
    REQUIRE(document != nullptr);
    return print_json(*document, style).value();
}

}  // namespace

TEST_CASE("a JSON text is printed as JSON.stringify with an indent prints it") {
    CHECK(printed(body, {.indent = "  ", .colon = ": ", .javascript = true}) ==
          "{\n  \"9\": null,\n  \"10\": [\n    1.5,\n    {},\n    []\n  ],\n"
          "  \"b\": \"Zo\u00eb \U0001F600 a/b <&>\\n\\u0001\",\n"
          "  \"a\": [\n    true,\n    {\n      \"x\": 0\n    }\n  ]\n}");
    CHECK(printed(body, {.javascript = true}) == ecma::stringify_body(body));
    CHECK(printed("{}", {.indent = "  "}) == "{}");
    CHECK(printed("[[],[1]]", {.indent = "\t"}) == "[\n\t[],\n\t[\n\t\t1\n\t]\n]");
}

TEST_CASE("a JSON text is printed as Python's json.dumps prints it") {
    CHECK(printed(body, {.comma = ", ", .colon = ": ", .ascii = true}) ==
          "{\"b\": \"Zo\\u00eb \\ud83d\\ude00 a/b <&>\\n\\u0001\", \"10\": [1.50, {}, []], \"9\": null, "
          "\"a\": [true, {\"x\": -0}]}");
    CHECK(printed("{\"b\":1,\"a\":{\"d\":2,\"c\":3}}", {.sort_keys = true}) ==
          "{\"a\":{\"c\":3,\"d\":2},\"b\":1}");
}

TEST_CASE("a JSON text is printed as PHP and Go print it") {
    CHECK(printed("[\"a/b \u00e9\"]", {.ascii = true, .escape_slashes = true}) == "[\"a\\/b \\u00e9\"]");
    CHECK(printed("[\"<&>\u2028\"]", {.escape_html = true}) == "[\"\\u003c\\u0026\\u003e\\u2028\"]");
}

TEST_CASE("of duplicate keys the last value is printed, and lone surrogates are escaped") {
    CHECK(printed(R"({"a":1,"a":2})", {}) == R"({"a":2})");
    CHECK(printed(R"(["\ud800x"])", {}) == R"(["\ud800x"])");
}

TEST_CASE("a JSON text that nests too deeply for the printer is not printed") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    const std::string deepest = nested(printed_depth_max);
    const std::string deeper = nested(printed_depth_max + 1);
    CHECK(print_json(*JsonDocument::parse(deepest), {}) == deepest);
    CHECK_FALSE(print_json(*JsonDocument::parse(deeper), {}));
}

TEST_CASE("a text becomes a JSON string") { CHECK(quote_json("{\"a\":\"\\\"\n") == R"("{\"a\":\"\\\"\n")"); }

}  // namespace chathook::doctor
