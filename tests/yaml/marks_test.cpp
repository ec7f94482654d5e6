#include "yaml/marks.hpp"

#include <catch2/catch.hpp>

#include "yaml/fixture.hpp"

using namespace chathook::yaml;
using namespace chathook::yaml::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

TEST_CASE("a missing space between a colon and a brace or bracket is reported in its line") {
    const std::string blank = "not YAML: a blank must follow the colon between key and value";
    CHECK(yaml_problem_of("a: 1\nb: {secret:{env: X}}\n") == "2: " + blank);
    CHECK(yaml_problem_of("a: 1\nb: {secret:{env: X}, c: d}\ne: f\n") == "2: " + blank);
    CHECK(yaml_problem_of("a:\n  b: {c: d,\n    to:[e, f]}\n") == "3: " + blank);
    CHECK(yaml_problem_of("a:\n  secret:{env: X, file: y}\n  b: c\n") == "2: " + blank);
    CHECK(yaml_problem_of("a:\n  to:[b, c]\n  d: e\n") == "2: " + blank);
    CHECK(yaml_problem_of("a:\n  - to:[b, c]\n    d: e\n") == "2: " + blank);
}

TEST_CASE("a bracket that is closed by a brace is reported with both columns and the right end") {
    CHECK(
        yaml_problem_of("a: 1\nb: [f}\nc: d\n") ==
        "2: not YAML: the '[' (column 4) is followed by a '}' (column 6); close it with a ']', in its place "
        "or before it");
    CHECK(
        yaml_problem_of("a: {f: [g}\nb: c\n") ==
        "1: not YAML: the '[' (column 8) is followed by a '}' (column 10); close it with a ']', in its place "
        "or before it");
    CHECK_THAT(yaml_problem_of("a: {f: g]\n"),
               StartsWith("1: not YAML: the '{' (column 4) is followed by a ']' "
                          "(column 9); close it with a '}'"));
    CHECK_THAT(yaml_problem_of("a: {b: \"]\", # }\n  c: ['it''s}', \"\\\"]\", d}\n"),
               StartsWith("2: not YAML: the '[' (column 6) is followed by a '}'"));
    CHECK_THAT(yaml_problem_of("a: {b: [c,\n  d,\n  e}\n"),
               StartsWith("3: not YAML: the '[' (column 8) of line 1 is followed by a '}' (column 4)"));
}

TEST_CASE("a brace or bracket that closes nothing is reported with its column") {
    for (const char* text : {"a: [b]]\nc: d\n", "a: b\nc: }\n", "a: b\n]\nc: d\n", "a: [\n  b]]\n"})
        CHECK_THAT(yaml_problem_of(text), Contains("closes nothing; leave it out, or quote the value"));
    CHECK_THAT(yaml_problem_of("a: {b: c}}\n"),
               StartsWith("1: not YAML: the '}' (column 10) closes nothing"));
}

TEST_CASE("for an IPv6 address with a port, quotes are suggested") {
    for (const char* text :
         {"server:\n  listen: [[::1]:80]\n", "server:\n  listen: [::1]:80\n", "server:\n  listen: [::]:80\n",
          "server:\n  listen: ['127.0.0.1:1', [fe80::1]:80]\n", "server: {\n  listen: [::]:80}\n",
          "server:\n  - [::ffff:10.0.0.1]:80\n  - b\n", "server:\n  listen: [[::]:80, 127.0.0.1:1]\n"}) {
        CHECK_THAT(yaml_problem_of(text),
                   StartsWith("2: ") && Contains("an IPv6 address with a port must stand in "
                                                 "quotes, as in \"[::1]:8080\""));
    }
    CHECK_FALSE(has_bare_ipv6_address("listen: ['[::1]:80', b]"));
    CHECK_FALSE(has_bare_ipv6_address("listen: [::1]  # [::1]:80"));
    CHECK_FALSE(has_bare_ipv6_address("to: [a, b]: c"));
    CHECK_FALSE(has_bare_ipv6_address("to: [\"::1"));
}

TEST_CASE("text after a closing quotation mark is reported in its line, with the fix") {
    CHECK(
        yaml_problem_of("a: \"abc\" def\nb: c\n") ==
        "1: not YAML: text follows a closing quotation mark (column 8); put the whole value between one pair "
        "of them, inside of which a mark that belongs to the value has a backslash before it");
    CHECK_THAT(yaml_problem_of("a: 1\nb: 'it's'\n"),
               StartsWith("2: not YAML: text follows a closing quotation mark (column 7)") &&
                   Contains("a mark that belongs to the value is written twice"));
    CHECK_THAT(yaml_problem_of("a: [\"abc\" def]\n"),
               Contains("text follows a closing quotation mark (column 9)") &&
                   Contains("or write a comma behind the value"));
    for (const char* text : {"a: {b: \"abc\" def, c: d}\n", "a:\n  - \"abc\" def\n  - c\n", "a: \"b\": c\n",
                             "a: \"b\" \"c\"\n", "a:\n  \"b\" c: d\n", "a: {b: 'it's'}\n"})
        CHECK_THAT(yaml_problem_of(text), Contains("text follows a closing quotation mark"));
}

TEST_CASE("text after a closing brace or bracket is reported in its line") {
    CHECK_THAT(
        yaml_problem_of("a: 1\nb: [c] d\ne: f\n"),
        StartsWith("2: not YAML: text follows a closing ']' (column 6); put quotes around a value that "
                   "begins with '['"));
    CHECK_THAT(yaml_problem_of("a: {b: c}-{d}\n"), StartsWith("1: not YAML: text follows a closing '}'"));
    CHECK_THAT(yaml_problem_of("a: {b: [c] d}\n"), Contains("or write a comma behind it"));
}

TEST_CASE("an unclosed quotation mark inside braces is reported in its line, wherever the next one is") {
    CHECK_THAT(yaml_problem_of("a: 1\nb: {value: \"abc}\nc: d\n"),
               StartsWith("2: not YAML: a quotation mark is opened in this line and never closed"));
    for (const char* text :
         {"a: 1\nb: {value: \"abc}\nc: \"d\"\n", "a: 1\nb: {value: 'abc}\nc: 'd'\ne: {f: 'g'}\n",
          "a: 1\nb: [\"c, d]\ne: [\"f\"]\n"}) {
        CHECK_THAT(
            yaml_problem_of(text),
            StartsWith("2: not YAML: a quotation mark is opened in this line and closed only in line 3, "
                       "where text follows; one is missing in this line"));
    }
    CHECK_THAT(yaml_problem_of("a: \"\\\"\nb: c\n"), StartsWith("1: not YAML: a quotation mark is opened"));
}

TEST_CASE("the messages about quotation marks, braces and brackets repeat nothing of the file") {
    for (const char* text :
         {"a: [hush}\n", "a: hush: {hush]\n", "a: [[::1]:80, hush]\n", "a: \"hush\" hush\n",
          "a: {hush:{hush: a}}\n", "a: {b: \"hush}\nc: \"hush\"\n", "a: [hush] hush\n", "a: hush\n}\n"}) {
        CHECK_THAT(yaml_problem_of(text), !Contains("hush"));
    }
}
