// Sinks for which the journal has no number left.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "config/fixture.hpp"

using namespace chathook::config;
using namespace chathook::config::test;
using Catch::Matchers::Contains;

namespace {

std::vector<std::string> names(std::size_t count) {
    std::vector<std::string> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back("old-" + std::to_string(i));
    return made;
}

std::vector<Sink> sinks(std::initializer_list<const char*> called) {
    std::vector<Sink> made;
    for (const char* name : called) made.emplace_back().name = name;
    return made;
}

std::size_t numbered_in_journal = 0;

std::optional<std::vector<std::string>> pretended(const std::filesystem::path&) {
    if (numbered_in_journal == 0) return std::nullopt;
    return names(numbered_in_journal);
}

Report judged(std::size_t numbered) {
    numbered_in_journal = numbered;
    Known with_journal = known;
    with_journal.sink_names = pretended;
    const TemporaryDirectory directory;
    const auto file = directory.write("chathook.yaml", faultless);
    Loaded loaded = load(file, with_journal);
    Report report{std::move(loaded.config), {}};
    for (const Problem& problem : loaded.problems) report.problems.push_back(to_string(file, problem));
    return report;
}

}  // namespace

TEST_CASE("a sink that the journal knows needs no new number") {
    CHECK_FALSE(without_number("old-3", names(64), sinks({"old-3"})));
}

TEST_CASE("the first 64 names of a journal get a number and the next one does not") {
    CHECK_FALSE(without_number("new", names(63), sinks({"new"})));
    CHECK(without_number("new", names(64), sinks({"new"})));
    CHECK_FALSE(without_number("a", names(63), sinks({"a", "b"})));
    CHECK(without_number("b", names(63), sinks({"a", "b"})));
    CHECK_FALSE(without_number("b", names(63), sinks({"old-1", "b"})));
}

TEST_CASE("the message for a sink without a number lists the names that may be reused") {
    const auto problem = without_number("new", names(64), sinks({"new", "old-0", "old-1"}));
    REQUIRE(problem);
    CHECK_THAT(*problem, Contains("old-2") && !Contains("old-1,") && Contains("journal.path"));
}

TEST_CASE("a sink for which the journal has no number is an error in its line") {
    CHECK(judged(0).config);
    CHECK(judged(63).config);
    const Report report = judged(64);
    CHECK_FALSE(report.config);
    CHECK(report.says(":7: sinks.out: the journal has numbered 64 sinks"));
}
