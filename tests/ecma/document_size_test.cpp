#include "ecma/document_size.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "ecma/body_generator.hpp"
#include "ecma/document.hpp"
#include "ecma/stringify.hpp"
#include "ecma/utf8.hpp"

using namespace chathook;

namespace {

// The memory of a document, computed from the capacities of its parts.
std::size_t bytes_of(const JsonDocument& document, std::string_view text) {
    const ecma::Tape& tape = document.tape();
    const bool copied =
        document.text().data() < text.data() || document.text().data() > text.data() + text.size();
    const std::size_t arena = tape.arena.capacity() > 15 ? tape.arena.capacity() : 0;
    return tape.nodes.capacity() * sizeof(ecma::Node) + arena + (copied ? document.text().size() : 0);
}

std::string repeated(std::string_view part, std::size_t bytes) {
    std::string text;
    while (text.size() + part.size() <= bytes) text += part;
    return text;
}

// `part`, repeated to about a megabyte, between `begin` and `end`.
std::string filled(std::string_view begin, std::string_view part, std::string_view end) {
    return std::string(begin) + repeated(part, 1 << 20) + std::string(end);
}

const std::vector<std::string>& heavy_texts() {
    static const std::vector<std::string> texts{
        filled("[", "1,", "1]"),
        filled("[", "1e20,", "1]"),
        filled("[", "-1e-5,", "1]"),
        filled("[", "[],", "1]"),
        filled("[", R"("\n",)", "1]"),
        filled("[", R"("\ud800",)", "1]"),
        filled("[", "\"\xff\",", "1]"),
        filled("{", R"("":1,)", R"("a":1})"),
        filled("{", R"("k":{},)", R"("7":1})"),
        filled("[", R"({"b":1,"2":2},)", "1]"),
        repeated("[", 1 << 19) + repeated("]", 1 << 19),
        repeated(R"({"b":1,"2":)", 1 << 19) + "1" + std::string((1 << 19) / 11, '}'),
        "\"" + std::string(1 << 20, '\xff') + "\"",
        "[\"\\n\",\"" + std::string(1 << 20, 'e') + "\"]",
        "\"" + repeated("\xD0\x96", 1 << 20) + "\"",
    };
    return texts;
}

}  // namespace

TEST_CASE("characters are counted at any position, in texts of any length") {
    const auto counts = ecma::count_characters(R"({"a,:[":[1,2.5e3],"\u0416":"E)"
                                               "\xD0\x96"
                                               R"("})");
    CHECK(counts.text == 33);
    CHECK(counts.commas == 3);
    CHECK(counts.colons == 3);
    CHECK(counts.openings == 3);
    CHECK(counts.backslashes == 1);
    CHECK(counts.exponents == 2);
    CHECK(counts.others == 2);
    for (const std::size_t size : {0u, 1u, 1022u, 1023u, 1024u, 2046u, 100'000u}) {
        CHECK(ecma::count_characters(std::string(size, ',')).commas == size);
        CHECK(ecma::count_characters(std::string(size, '\xff')).others == size);
        CHECK(ecma::count_characters(std::string(size, 'e')).exponents == size);
    }
}

TEST_CASE("no document takes more memory than the bound computed before parsing") {
    for (const std::string& text : heavy_texts()) {
        INFO(text.substr(0, 20));
        const auto document = JsonDocument::parse_bytes(text);
        REQUIRE(document != nullptr);
        CHECK(bytes_of(*document, text) <= ecma::document_bytes(ecma::count_characters(text)));
    }
}

TEST_CASE("printing a document takes no more memory than the bound computed before parsing") {
    for (const std::string& text : heavy_texts()) {
        INFO(text.substr(0, 20));
        const auto printed = ecma::stringify_body(text);
        if (!printed) continue;  // a lone string, which no vendor signs
        const auto counts = ecma::count_characters(text);
        const auto document = JsonDocument::parse(*printed);
        REQUIRE(document != nullptr);
        CHECK(printed->capacity() + bytes_of(*document, *printed) <= ecma::stringified_bytes(counts));
    }
}

TEST_CASE("every short text stays below the bound for short texts") {
    for (const std::string_view part :
         {"[", "1,", R"("":1,)", "\xff", R"({"b":1,"2":)", "1e9,", R"("\n",)"}) {
        const auto counts = ecma::count_characters(repeated(part, ecma::small_text_bytes));
        CHECK(2 * ecma::stringified_bytes(counts) <=
              ecma::small_document_bytes);  // short ones grow by doubling
    }
}
