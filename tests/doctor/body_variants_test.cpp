#include "doctor/body_variants.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>
#include <set>

namespace chathook::doctor {
namespace {

std::optional<std::string> variant(std::string_view body, std::string_view name,
                                   std::optional<std::size_t> content_length = {}) {
    const auto variants = body_variants(body, content_length);
    const auto found = std::ranges::find(variants, name, &BodyVariant::name);
    if (found == variants.end()) return std::nullopt;
    return found->body;
}

}  // namespace

TEST_CASE("the unchanged body comes first, and every other variant says what it is and how to fix it") {
    const auto variants = body_variants("{ \"a\": \"\u00e9\" }\r\n", {});
    CHECK(variants.front().body == "{ \"a\": \"\u00e9\" }\r\n");
    CHECK(variants.front().name.empty());
    for (std::size_t i = 1; i < variants.size(); ++i) {
        CAPTURE(variants[i].name);
        CHECK_FALSE(variants[i].name.empty());
        CHECK_FALSE(variants[i].what.empty());
        CHECK_FALSE(variants[i].hint.empty());
    }
}

TEST_CASE("no two variants of a body are the same") {
    for (const auto* body : {"", "{}", "[]", "\n", "\"a\"", "{\"a\":1}", "no JSON", "\xFF\xEF\xBB", "e30="}) {
        CAPTURE(body);
        std::set<std::string> seen;
        for (const BodyVariant& made : body_variants(body, {})) CHECK(seen.insert(made.body).second);
    }
}

TEST_CASE("the line breaks of a body are added, removed and converted") {
    CHECK(variant("{}", "newline-added") == "{}\n");
    CHECK(variant("{}", "crlf-added") == "{}\r\n");
    CHECK(variant("a\n\n", "newline-removed") == "a\n");
    CHECK(variant("a\r\n", "newline-removed") == "a");
    CHECK(variant(" a\n\n", "trimmed") == "a");
    CHECK(variant("a\nb\r\nc", "lf-to-crlf") == "a\r\nb\r\nc");
    CHECK(variant("a\r\nb\rc", "crlf-to-lf") == "a\nb\rc");
    CHECK(variant("a\r\nb\nc", "breaks-removed") == "abc");
}

TEST_CASE("a JSON body is printed as other programs print it") {
    const std::string_view body = "{\"b\": 1.50, \"a\": \"\u00e9/\"}";
    CHECK(variant(body, "stringified") == "{\"b\":1.5,\"a\":\"\u00e9/\"}");
    CHECK(variant(body, "indent-2") == "{\n  \"b\": 1.5,\n  \"a\": \"\u00e9/\"\n}");
    CHECK(variant(body, "python") == "{\"b\": 1.50, \"a\": \"\\u00e9/\"}");
    CHECK(variant("{\"b\":\"\u00e9\"}", "python-unicode") == "{\"b\": \"\u00e9\"}");
    CHECK(variant(body, "python-compact") == "{\"b\":1.50,\"a\":\"\\u00e9/\"}");
    CHECK(variant(body, "php") == "{\"b\":1.50,\"a\":\"\\u00e9\\/\"}");
    CHECK(variant(body, "go") == "{\"a\":\"\u00e9/\",\"b\":1.50}");
    CHECK(variant("{\"b\":\"<\",\"a\":1}", "sorted") == "{\"a\":1,\"b\":\"<\"}");
    CHECK_FALSE(variant("no JSON", "indent-2"));
    CHECK_FALSE(variant("[1", "stringified"));
}

TEST_CASE("a text that several changes produce has the name of the simplest one") {
    const auto second = [](std::string_view body, bool stringified_expected) {
        return body_variants(body, {}, stringified_expected).at(1);
    };
    CHECK_FALSE(variant("{}\n", "stringified"));
    CHECK(variant("{}\n", "newline-removed") == "{}");
    CHECK(second("{}\n", true).name == "stringified");
    CHECK(second("{}\n", true).body == "{}");
    CHECK(second("{}\n", false).name != "stringified");
}

TEST_CASE("the charset and the byte order mark of a body are changed") {
    CHECK(variant("{}", "bom-added") == "\xEF\xBB\xBF{}");
    CHECK(variant("\xEF\xBB\xBFx", "bom-removed") == "x");
    CHECK(variant("\u00e9", "utf8-to-latin1") == "\xE9");
    CHECK_FALSE(variant("\u20ac", "utf8-to-latin1"));
    CHECK(variant("\xE9", "latin1-to-utf8") == "\u00e9");
    CHECK(variant("\u00e9", "latin1-to-utf8") == "\u00c3\u00a9");
    CHECK(variant("\xE9", "invalid-replaced") == "\uFFFD");
}

TEST_CASE("a body is cut to its Content-Length") {
    CHECK(variant("{}{}", "cut-to-length", 2) == "{}");
    CHECK_FALSE(variant("{}", "cut-to-length", 3));
}

TEST_CASE("a body is unpacked from base64 or from a JSON string, packed into one, and emptied") {
    CHECK(variant("eyJhIjoxfQ==\n", "base64-decoded") == "{\"a\":1}");
    CHECK(variant("\"{\\\"a\\\":1}\"", "json-string-decoded") == "{\"a\":1}");
    CHECK(variant("{\"a\":1}", "json-string-encoded") == "\"{\\\"a\\\":1}\"");
    CHECK(variant("x", "empty") == "");
    CHECK(variant("x", "empty-object") == "{}");
}

TEST_CASE("a body beyond the limit is tried unchanged only") {
    CHECK(body_variants(std::string(varied_bytes_max + 1, ' '), {}).size() == 1);
}

}  // namespace chathook::doctor
