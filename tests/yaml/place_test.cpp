#include "yaml/place.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "yaml/fixture.hpp"

using namespace chathook::yaml;
using namespace std::chrono_literals;
using Problems = std::vector<std::string>;

namespace {

// What reading the tree of `text` reports, each as "LINE: key: message".
template <class Read>
Problems problems_of(const std::string& text, Read read) {
    Findings findings;
    const auto root = parse_yaml(text, findings);
    REQUIRE(root != nullptr);
    read(Place::root(*root, findings));
    Problems problems;
    for (const Problem& problem : findings.problems) problems.push_back(to_string("", problem).substr(1));
    return problems;
}

}  // namespace

TEST_CASE("a place knows its line, its path and what is absent") {
    CHECK(problems_of("a:\n  b: 1\n", [](const Place& root) {
              const Place b = root.find("a.b");
              CHECK(b.present());
              CHECK(b.line() == 2);
              CHECK(b.path() == "a.b");
              const Place c = root["a"]["c"];
              CHECK_FALSE(c.present());
              CHECK(c.line() == 1);
              CHECK_FALSE(c.required("write it"));
          }) == Problems{"1: a.c: is missing; write it"});
}

TEST_CASE("a value that is absent or wrong leaves the variable as it was") {
    std::uint64_t number = 7;
    std::string word = "x";
    std::chrono::seconds time = 5s;
    bool flag = true;
    const auto problems =
        problems_of("n: 0\nw: {}\nt: 1500ms\nf: 'true'\ng: no\ns: 1MB\n", [&](const Place& root) {
            CHECK_FALSE(root["n"].count(number, 1, 64));
            CHECK_FALSE(root["absent"].count(number, 1, 64));
            CHECK_FALSE(root["w"].text(word));
            CHECK_FALSE(root["t"].duration(time, 1s, 1min));
            CHECK_FALSE(root["f"].boolean(flag));
            CHECK_FALSE(root["g"].choice(word, {"yes", "maybe"}));
            CHECK_FALSE(root["s"].size(number, 1, 64));
        });
    CHECK(problems.size() == 6);
    CHECK(number == 7);
    CHECK(word == "x");
    CHECK(time == 5s);
    CHECK(flag);
}

TEST_CASE("a value of the right form and within its bounds is read") {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;
    std::string word;
    std::chrono::milliseconds time{};
    bool flag = false;
    CHECK(problems_of("n: 64\ns: 16KiB\nw: yes\nt: 1500ms\nf: true\nl: [a, b]\none: a\n",
                      [&](const Place& root) {
                          CHECK(root["n"].count(number, 1, 64));
                          CHECK(root["s"].size(bytes, 1, 16384));
                          CHECK(root["w"].choice(word, {"yes", "no"}));
                          CHECK(root["t"].duration(time, 1s, 1min));
                          CHECK(root["f"].boolean(flag));
                          CHECK(root["l"].items().size() == 2);
                          CHECK(root["l"].items()[1].path() == "l[1]");
                          CHECK(root["one"].items().size() == 1);
                      }) == Problems{});
    CHECK(number == 64);
    CHECK(bytes == 16384);
    CHECK(word == "yes");
    CHECK(time == 1500ms);
    CHECK(flag);
}

TEST_CASE("a place remembers what was asked there, for the schema and the reference") {
    Findings findings;
    const auto root = parse_yaml("a: {}\n", findings);
    const Place at = Place::root(*root, findings);
    std::uint64_t number = 3;
    at.section("a").key("n", {"So many."}).count(number, 1, 9);
    CHECK(findings.asked.at("a.n").most == 9);
    CHECK(findings.asked.at("a.n").fallback == "3");
    CHECK(findings.words.at("a.n").summary == "So many.");
    CHECK(findings.known_keys.at("a").contains("n"));
}
