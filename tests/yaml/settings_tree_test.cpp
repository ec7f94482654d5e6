#include <catch2/catch.hpp>

#include "yaml/place.hpp"

using namespace chathook;
using namespace chathook::yaml;

namespace {

// The tree as JSON, with the line after each value.
std::string shown(const SettingsTree& tree) {
    std::string text;
    switch (tree.kind) {
        case SettingsTree::Kind::null: text = "null"; break;
        case SettingsTree::Kind::boolean:
        case SettingsTree::Kind::number: text = tree.text; break;
        case SettingsTree::Kind::text: text = "'" + tree.text + "'"; break;
        case SettingsTree::Kind::list:
        case SettingsTree::Kind::mapping:
            for (std::size_t index = 0; index < tree.values.size(); ++index) {
                if (index > 0) text += ", ";
                if (!tree.keys.empty()) text += tree.keys[index] + ": ";
                text += shown(tree.values[index]);
            }
            text = tree.kind == SettingsTree::Kind::list ? "[" + text + "]" : "{" + text + "}";
            break;
    }
    return text + "@" + std::to_string(tree.line);
}

std::string tree_of(const std::string& yaml) {
    Findings findings;
    const auto root = parse_yaml(yaml, findings);
    REQUIRE(root != nullptr);
    return shown(Place::root(*root, findings)["value"].tree());
}

}  // namespace

TEST_CASE("every kind of value is read, each with its line") {
    CHECK(tree_of("value:\n  a: 1\n  b:\n    - x\n    - {c: true}\n") ==
          "{a: 1@2, b: ['x'@4, {c: true@5}@5]@3}@1");
    CHECK(tree_of("value: {}") == "{}@1");
    CHECK(tree_of("value: []") == "[]@1");
    CHECK(tree_of("value: [~, null, ]") == "[null@1, null@1]@1");
    CHECK(tree_of("other: 1") == "null@0");
}

TEST_CASE("quoted values are text, and so are numbers that JSON cannot represent") {
    for (const auto* number : {"0", "-0", "12", "-1.5", "1e3", "1E+2", "0.10"}) {
        CHECK(tree_of("value: " + std::string(number)) == std::string(number) + "@1");
        CHECK(tree_of("value: '" + std::string(number) + "'") == "'" + std::string(number) + "'@1");
    }
    for (const auto* text :
         {"+1", "007", ".5", "5.", "1e", "0x1F", "1_000", "NaN", ".inf", "True", "yes", "on", "2026-11-21"}) {
        CHECK(tree_of("value: " + std::string(text)) == "'" + std::string(text) + "'@1");
    }
    CHECK(tree_of("value: 'true'") == "'true'@1");
    CHECK(tree_of("value: |\n  two\n  lines\n") == "'two\nlines\n'@1");
}

TEST_CASE("a value that is used twice appears twice") {
    CHECK(tree_of("value:\n  a: &both {x: 1}\n  b: *both\n") == "{a: {x: 1@2}@2, b: {x: 1@2}@3}@1");
}
