#include "yaml/faults.hpp"

#include <catch2/catch.hpp>

#include "yaml/fixture.hpp"

using namespace chathook::yaml;
using namespace chathook::yaml::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

const std::string forbidden = ", where YAML forbids them; indent with spaces only, in every line";

}  // namespace

TEST_CASE(
    "a tab in the indentation is reported with its line and column, and with the advice to use spaces") {
    const auto tab = [](int line, int column) {
        return std::to_string(line) + ": not YAML: the indentation contains a tab character (column " +
               std::to_string(column) + ")" + forbidden;
    };
    CHECK(yaml_problem_of("sources:\n\ta: {vendor: lynn}\n") == tab(2, 1));
    CHECK(yaml_problem_of("sources:\n\ta:\n\t\tvendor: lynn\n").ends_with(tab(2, 1)));
    CHECK(yaml_problem_of("sources:\n  a:\n    vendor: lynn\n\tpath: /a\n").ends_with(tab(4, 1)));
    CHECK(yaml_problem_of("sources:\n  a:\n    vendor: lynn\n  \tpath: /a\n").ends_with(tab(4, 3)));
    CHECK(yaml_problem_of("server:\n\tthreads: 2\n\tproxy_protocol: false\n").ends_with(tab(2, 1)));
    CHECK(yaml_problem_of("\tserver:\n").ends_with(tab(1, 1)));
    CHECK(yaml_problem_of("routes:\n\t- to: [out]\n").ends_with(tab(2, 1)));
    CHECK(yaml_problem_of("routes:\n  -\tto: [out]\n").ends_with(tab(2, 4)));
    CHECK(yaml_problem_of("a:\n  path:\n\t/a\n  b: c\n").ends_with(tab(3, 1)));
    CHECK(yaml_problem_of("a: |\n  x\n\ty\n").ends_with(tab(3, 1)));
}

TEST_CASE("a no-break space in the indentation is reported") {
    CHECK_THAT(yaml_problem_of("sources:\n  a:\n  \xC2\xA0 vendor: lynn\n    path: /a\n"),
               StartsWith("3: not YAML: the indentation contains a no-break space (column 3)"));
    CHECK_THAT(yaml_problem_of("a:\n    b: 1\n  \xC2\xA0 c: 2\n"),
               StartsWith("3: not YAML: the indentation contains a no-break space (column 3)"));
}

TEST_CASE("tabs that YAML allows are not reported") {
    for (const char* text :
         {"a:\t1\n", "a: [\n\t1,\n\t2\n]\n", "a: {b: 1}\n\t\nb: 2\n", "a: {b: 1}\n\t# comment\nb: 2\n"}) {
        INFO(text);
        Findings findings;
        CHECK(parse_yaml(text, findings) != nullptr);
        CHECK(findings.problems.empty());
    }
}

TEST_CASE("a missing space after a colon is reported in its own line") {
    CHECK_THAT(yaml_problem_of("sources:\n  a:\n    vendor:lynn\n    path: /a\n"),
               Contains("3: not YAML: a blank must follow the colon between key and value"));
    CHECK_THAT(yaml_problem_of("sources:\n  a:\n    path: /a\n    vendor:lynn\n\n# end\nsinks: 1\n"),
               Contains("4: not YAML: a blank must follow the colon"));
    CHECK_THAT(yaml_problem_of("routes:\n  - to:[out]\n    match: {}\n"),
               Contains("2: not YAML: a blank must follow"));
}

TEST_CASE("a missing colon is reported in its own line") {
    CHECK_THAT(yaml_problem_of("sources:\n  a\n    vendor: lynn\n"),
               Contains("2: not YAML: a colon is missing"));
    CHECK_THAT(yaml_problem_of("sources:\n  a:\n    vendor lynn\n    path: /a\n"),
               Contains("3: not YAML: a colon is missing"));
}

TEST_CASE("a value that contains a colon and a space needs quotes") {
    CHECK_THAT(
        yaml_problem_of("a: 1\nsecret: hush: hush\n"),
        Contains(
            "2: not YAML: this line contains a second ': '; put quotes around a value that contains one"));
}

TEST_CASE("an unclosed quotation mark is reported where it is opened") {
    CHECK_THAT(yaml_problem_of("a:\n  b: \"c\n  d: e\n  f: g\n"),
               Contains("2: not YAML: a quotation mark is opened in this line and never closed"));
    CHECK_THAT(yaml_problem_of("a: it's # \"x\nb: 'c\nd: e\n"),
               Contains("2: not YAML: a quotation mark is opened"));
    CHECK_THAT(yaml_problem_of("{\"a\":\n  \"b}\n"), StartsWith("2: not YAML: a quotation mark is opened"));
    CHECK_THAT(yaml_problem_of("a: 1\nb: [c, \"d]\ne: f\n"),
               Contains("2: not YAML: a quotation mark is opened"));
    CHECK_THAT(yaml_problem_of("a:\n  b: \"c\n  d: \"e\"\n"),
               StartsWith("2: not YAML: a quotation mark is opened in this line and closed only in line 3"));
    CHECK_THAT(yaml_problem_of("a:\n  b: \"c\"x\n"),
               Contains("2: not YAML: text follows a closing quotation mark"));
}

TEST_CASE("an unclosed brace or bracket is reported where it is opened") {
    CHECK_THAT(
        yaml_problem_of("a: 1\nb: {c: d,\n  e: f\ng: h\n"),
        Contains("2: not YAML: the '{' that is opened in this line has no end; a '}' or a comma is missing"));
    CHECK_THAT(yaml_problem_of("a: 1\nb: [c, d\n"),
               Contains("2: not YAML: the '[' that is opened in this line has no end"));
    CHECK_THAT(yaml_problem_of("a: {b: c d: e}\n"), Contains("a comma is missing"));
    CHECK_THAT(yaml_problem_of("a: {b: c, secret: #hush}\nd: e\n"),
               Contains("what follows a '#' in line 1 is not a comment and has to be in quotes"));
}

TEST_CASE("uneven indentation is reported with the line that it does not match") {
    CHECK_THAT(yaml_problem_of("a:\n  b: 1\n    c: 2\n"),
               Contains("3: not YAML: indented deeper than the key in line 2"));
    CHECK_THAT(yaml_problem_of("routes:\n  - match: {vendor: lynn}\n  to: [out]\n"),
               Contains("3: not YAML: this key stands under the '-' of the item in line 2"));
    CHECK_THAT(yaml_problem_of("routes:\n  - match: {vendor: lynn}\n      to: [out]\n"),
               Contains("3: not YAML: indented deeper than the line above"));
    CHECK_THAT(yaml_problem_of("a:\n  b: {c: d}\n  - e\n"),
               Contains("3: not YAML: '- ' begins an item of a list"));
    CHECK_THAT(yaml_problem_of("a:\n    b: 1\n  c: 2\n"), Contains("indent all keys of a mapping alike"));
    CHECK_THAT(yaml_problem_of("routes:\n  -to: [out]\n   match: {}\n"),
               StartsWith("2: not YAML: a blank must follow the '-' that begins an item of a list"));
    CHECK_THAT(yaml_problem_of("a: - b\n"), Contains("a list begins in a line of its own"));
}

TEST_CASE("for a value that begins with a star, an ampersand or a backslash, quotes are suggested") {
    CHECK_THAT(yaml_problem_of("a: {type: *}\n"), Contains("a value that begins with '*' needs quotes"));
    CHECK_THAT(yaml_problem_of("a: *.created\n"),
               Contains("a value that begins with '*' refers to an anchor"));
    CHECK_THAT(yaml_problem_of("a: *hush\n"),
               Contains("quote the value if it is a text") && !Contains("hush"));
    CHECK_THAT(yaml_problem_of("a: & b\n"), Contains("a value that begins with '&' needs quotes"));
    CHECK_THAT(yaml_problem_of("a: \"C:\\dir\"\n"), Contains("single quotes"));
}

TEST_CASE("for an unfilled template, quotes are suggested as for any value that begins with a brace") {
    CHECK_THAT(yaml_problem_of("a:\n  secret: {{ hush }}\n"),
               Contains("2: a key must be plain text; put quotes around a value that begins with '{'") &&
                   !Contains("hush"));
}

TEST_CASE("a value that begins with '#' is recognised as a comment") {
    CHECK(is_commented_out("a: #b"));
    for (const char* line : {"a: # b", "a: b", "a:", "", "#a: b", "a: b #c", "a: #"})
        CHECK_FALSE(is_commented_out(line));
}

TEST_CASE("the message about a fault repeats nothing of the file") {
    for (const char* text :
         {"\thush: 1\n", "a:\n  b:hush\n  c: d\n", "a:\n  hush\n  c: d\n", "a: hush: hush\n", "a: \"hush\n",
          "a: {hush\n", "a: [hush\n", "a: \"b\"hush\n", "- hush\n hush: 1\n", "a: hush\n  hush: b\n",
          "a: #hush\nb: *hush\n", "hush: - hush\n", "a: |hush\n"}) {
        INFO(text);
        CHECK_THAT(yaml_problem_of(text), !Contains("hush"));
    }
}

TEST_CASE("a line is found by its number, with any line ending") {
    const Lines lines("a\nb\r\n\nc");
    CHECK(lines.count() == 4);
    CHECK(lines.at(1) == "a");
    CHECK(lines.at(2) == "b");
    CHECK(lines.at(3).empty());
    CHECK(lines.at(4) == "c");
    CHECK(lines.at(0).empty());
    CHECK(lines.at(5).empty());
}
