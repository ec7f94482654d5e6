#include "ecma/stringify.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

using namespace chathook;

namespace {

std::string from_hex(const std::string& hex) {
    std::string bytes(hex.size() / 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
    }
    return bytes;
}

std::string printed(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    REQUIRE(document != nullptr);
    return ecma::stringify(*document);
}

}  // namespace

TEST_CASE("every text recorded from three versions of V8 is printed byte for byte") {
    std::ifstream file(CHATHOOK_SOURCE_DIR "/tests/ecma/json_stringify_vectors.json");
    const auto vectors = nlohmann::json::parse(file);
    REQUIRE(vectors.size() == 23);
    for (const auto& vector : vectors) {
        CAPTURE(vector["name"].get<std::string>());
        const std::string input = from_hex(vector["input_hex"]);
        const std::string output = from_hex(vector["output_hex"]);
        CHECK(printed(input) == output);
        CHECK(printed(output) == output);
    }
}

TEST_CASE("strings are escaped as JSON.stringify escapes them, and no further") {
    CHECK(printed(R"("\u0000\u0001\u001f\b\t\n\f\r\"\\\/")") == R"("\u0000\u0001\u001f\b\t\n\f\r\"\\/")");
    CHECK(printed(R"("\u007f\u0080\u2028\uFEFF\uffff<>&'")") ==
          "\"\x7F\xC2\x80\xE2\x80\xA8\xEF\xBB\xBF\xEF\xBF\xBF<>&'\"");
    CHECK(printed(R"("\uD83D\uDE00 \uD83D \uDE00")") == "\"\xF0\x9F\x98\x80 \\ud83d \\ude00\"");
    CHECK(printed(R"("\ud83d\ue000\ud83d\ud7ff")") == "\"\\ud83d\xEE\x80\x80\\ud83d\xED\x9F\xBF\"");
    CHECK(printed("\"\xED\x9F\xBF\xED\x95\x9C\"") == "\"\xED\x9F\xBF\xED\x95\x9C\"");
    CHECK(printed(R"({"\udfff\n":1})") == R"({"\udfff\n":1})");
}

TEST_CASE("white space is omitted and members are sorted at every level") {
    CHECK(printed(" { \"b\" : [ { \"2\" : 1 , \"1\" : { } } , [ ] ] ,\n\"0\" : true } ") ==
          R"({"0":true,"b":[{"1":{},"2":1},[]]})");
    CHECK(printed(R"({"a":{},"b":{"x":1,"y":{},"z":[{}]},"c":4})") ==
          R"({"a":{},"b":{"x":1,"y":{},"z":[{}]},"c":4})");
    CHECK(printed(R"({"__proto__":{"x":1},"toJSON":1,"__proto__":2})") == R"({"__proto__":2,"toJSON":1})");
    CHECK(printed(R"({"a":{"a":1,"b":[{"c":1},{"c":2}]},"a":{"z":{"y":{}},"b":0}})") ==
          R"({"a":{"z":{"y":{}},"b":0}})");
}

TEST_CASE("nesting of any depth is printed without recursion") {
    constexpr std::size_t depth = 200'000;
    const std::string arrays = std::string(depth, '[') + std::string(depth, ']');
    CHECK(printed(arrays) == arrays);
    std::string objects;
    for (std::size_t i = 0; i < depth; ++i) objects += "{\"a\":";
    objects += "1" + std::string(depth, '}');
    CHECK(printed(objects) == objects);
}

TEST_CASE("a body is printed as an Express application would print req.body") {
    CHECK(ecma::stringify_body("") == "{}");
    CHECK(ecma::stringify_body("\xEF\xBB\xBF") == "{}");
    CHECK(ecma::stringify_body(" {\"a\": 1} ") == "{\"a\":1}");
    CHECK(ecma::stringify_body("\xEF\xBB\xBF[1.0]") == "[1]");
    CHECK(ecma::stringify_body("{\"a\":\"\xFF\"}") == "{\"a\":\"\xEF\xBF\xBD\"}");
}

TEST_CASE("a body that body-parser answers with 400 has no JSON.stringify form") {
    for (const std::string_view body : {" ", "\n", "1", "\"text\"", "null", "true", "{", "{}x", "a=b",
                                        "\xEF\xBB\xBF\xEF\xBB\xBF{}", "\xEF\xBB\xBF ", "\xFF"}) {
        CAPTURE(body);
        CHECK(ecma::stringify_body(body) == std::nullopt);
    }
}
