#include "config/probe.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

#include "config/reading.hpp"
#include "config/shipped.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;

TEST_CASE("each key is declared exactly once") {
    const Findings asked = answers_to_probe(shipped());
    CHECK(asked.declared_twice == std::set<std::string>{});
    for (const auto& [place, names] : asked.known_keys) {
        if (place == "sinks" || place == "sources") continue;  // names of the user's own
        const auto declared = asked.declared.find(place);
        for (const std::string& name : names) {
            INFO(place << "." << name);
            REQUIRE(declared != asked.declared.end());
            CHECK(std::ranges::count(declared->second, name) == 1);
        }
    }
}

TEST_CASE("a key that is declared twice is found") {
    Findings findings;
    const auto tree = yaml::parse_yaml("a: 1", findings);
    const Place root = Place::root(*tree, findings);
    root.key("a", {"What a is."});
    CHECK(findings.declared_twice.empty());
    root.key("a", {"What a is."});
    CHECK(findings.declared_twice == std::set<std::string>{"a"});
}
