#include "yaml/tree.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "yaml/findings.hpp"

using namespace chathook::yaml;

namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    while (times-- > 0) all += text;
    return all;
}

// The only problem of a text that is refused, as "LINE: message".
std::string refusal(const std::string& text) {
    Findings findings;
    CHECK(parse_yaml(text, findings) == nullptr);
    REQUIRE(findings.problems.size() == 1);
    return std::to_string(findings.problems[0].line) + ": " + findings.problems[0].message;
}

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

}  // namespace

TEST_CASE("a YAML file is read with the line of every key") {
    Findings findings;
    const auto root = parse_yaml("a: 1\nb:\n  c: 'x: y'\n  d: [e, f]\n", findings);
    REQUIRE(root);
    CHECK(findings.problems.empty());
    REQUIRE(root->entries.size() == 2);
    const Node& inner = *root->entries[1].value;
    REQUIRE(inner.entries.size() == 2);
    CHECK(inner.entries[0].line == 3);
    CHECK(inner.entries[0].value->text == "x: y");
    CHECK(inner.entries[0].value->quoted);
    CHECK(inner.entries[1].line == 4);
    CHECK(inner.entries[1].value->items.at(1)->text == "f");
}

TEST_CASE("JSON is read like YAML") {
    Findings findings;
    const auto root = parse_yaml("{\n \"a\": {\"b\": [1, true]},\n \"c\": \"x\"\n}", findings);
    REQUIRE(root);
    CHECK(findings.problems.empty());
    CHECK(root->entries.at(1).line == 3);
}

TEST_CASE("a key written twice is reported with both lines, at every depth, and the first one counts") {
    Findings findings;
    const auto root = parse_yaml("a: 1\nb:\n  - {c: 1}\n  - c: 2\n    d: 3\n    c: 4\na: 5\n", findings);
    REQUIRE(root);
    REQUIRE(findings.problems.size() == 2);
    CHECK(findings.problems[0].line == 6);
    CHECK(findings.problems[0].key == "b[1].c");
    CHECK_THAT(findings.problems[0].message, Contains("line 4"));
    CHECK(findings.problems[1].line == 7);
    CHECK(findings.problems[1].key == "a");
    CHECK_THAT(findings.problems[1].message, Contains("line 1"));
    CHECK(root->entries.at(0).value->text == "1");
}

TEST_CASE("text that is not YAML is refused with its line and the fix") {
    CHECK_THAT(refusal("a: 1\nb: c: d\n"), StartsWith("2: not YAML: this line contains a second ': '"));
    CHECK_THAT(refusal("a:\n  b: 1\n c: 2\n"), StartsWith("3: not YAML: end of map not found"));
    CHECK_THAT(refusal("a: [1, 2\nb: 3\n"), Contains("a ']' or a comma is missing"));
    CHECK_THAT(refusal("a: 1\n---\nb: 1\n"), StartsWith("2: a second YAML document"));
    CHECK_THAT(refusal("a: !!str 1\n"), Contains("tags"));
    CHECK_THAT(refusal("a: 1\n? {b: c}\n: d\n"), Contains("a key must be plain text"));
}

TEST_CASE("an unclosed quote is refused, although yaml-cpp would accept it") {
    CHECK_THAT(refusal("a: \"b\nc: d\n"), Contains("never closed"));
    CHECK_THAT(refusal("a: 'b\nc: d"), Contains("never closed"));
}

TEST_CASE("a refusal repeats nothing of the file, which may be a secret") {
    for (const char* text : {"secret: *hush\n", "secret: @hush\n", "secret: %hush\n", "secret: \"a\\hush\"\n",
                             "secret: \"hush\n", "secret: !hush\n", "secret: `hush`\n", "{secret: hush\n",
                             "- hush\nsecret: x\n", "secret: &hush *hush\n"}) {
        INFO(text);
        CHECK_THAT(refusal(text), !Contains("hush"));
    }
}

TEST_CASE("messages of yaml-cpp never leak content of the file") {
    CHECK(refusal("secret: \"\\hush\"\n") ==
          "1: not YAML: unknown escape character: in double quotes write \\\\ for a backslash, or use single "
          "quotes, where it stands for itself");
}

TEST_CASE("an alias refers to its anchor's value, which must be complete") {
    Findings findings;
    const auto root = parse_yaml("a: &x {b: 1}\nc: *x\n", findings);
    REQUIRE(root);
    CHECK(root->entries.at(1).value->entries.at(0).value->text == "1");
    CHECK_THAT(refusal("a: &x [1, *x]\n"), Contains("inside what it names"));
}

TEST_CASE("aliases that would expand without limit are refused") {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 20; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(before + ", ", 9) +
                before + "]\n";
    }
    CHECK_THAT(refusal(bomb), Contains("more than 50000 values"));
}

TEST_CASE("a file that exceeds the limits on depth or number of values is refused") {
    constexpr std::size_t mebibyte = 1024 * 1024;
    CHECK_THAT(refusal(repeated("[", mebibyte / 2) + repeated("]", mebibyte / 2)),
               Contains("nested deeper than 32"));
    CHECK_THAT(refusal(repeated("- ", mebibyte / 2)), Contains("nested deeper than 32"));
    CHECK_THAT(refusal(repeated("{a: ", mebibyte / 8) + repeated("}", mebibyte / 8)),
               Contains("nested deeper"));
    CHECK_FALSE(refusal(repeated("[", mebibyte)).empty());
    CHECK_FALSE(refusal(repeated("{a: ", mebibyte / 4)).empty());
    CHECK_THAT(refusal(repeated("? ", mebibyte / 2)), Contains("key must be plain text"));
    CHECK_THAT(refusal("[" + repeated("a,", mebibyte / 2) + "]"), Contains("more than 50000 values"));
    CHECK_THAT(refusal(repeated("-\n", mebibyte / 2)), Contains("more than 50000 values"));
    Findings findings;
    CHECK(parse_yaml(repeated("[", 32) + repeated("]", 32), findings) != nullptr);
    CHECK(parse_yaml(repeated("[", 33) + repeated("]", 33), findings) == nullptr);
}

TEST_CASE("any damage to a file gives a tree or a problem, never a crash") {
    const std::string whole =
        "a: &x {b: 'c', \"d\\n\": [1, 2, ~]}\ne:\n  - *x\n  - |\n    text\n  - {f: g}  # end\n? h\n: i\n%\n";
    std::mt19937 random(1);  // the same damage on every run
    constexpr std::string_view marks = "[]{}:,-?&*!|>'\"%@`#\n \t\\a0\xC3\xFF";
    for (int round = 0; round < 20'000; ++round) {
        std::string text = whole;
        for (int i = 0; i < 3; ++i) text[random() % text.size()] = marks[random() % marks.size()];
        text.resize(random() % text.size());
        Findings findings;
        const auto root = parse_yaml(text, findings);
        if (root == nullptr && findings.problems.empty()) FAIL(text);
    }
    SUCCEED("20000 damaged files");
}
