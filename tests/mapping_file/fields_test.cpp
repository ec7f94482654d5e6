#include "mapping_file/fields.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

namespace chathook::mapping_file {
namespace {

// Calls use(place) for the key `at` of this text; gives what was found.
template <class Use>
std::vector<std::string> found_by(std::string_view text, Use use) {
    yaml::Findings findings;
    const auto tree = yaml::parse_yaml(text, findings);
    REQUIRE(tree != nullptr);
    use(yaml::Place::root(*tree, findings).find("at"));
    std::vector<std::string> found;
    for (const yaml::Problem& problem : findings.problems) {
        found.push_back(yaml::to_string("", problem).substr(1));
    }
    return found;
}

using Texts = std::vector<std::string>;

TEST_CASE("a key that is not known is an error in its line, with the known ones, whoever asks for what") {
    const auto found = found_by("at:\n  event: 1\n  evnt: 2\n", [](const yaml::Place& at) {
        const Fields fields(at, {"event", "time"});
        CHECK(fields.holds("event"));
        CHECK(fields.find("event")->line() == 2);
        CHECK_FALSE(fields.holds("evnt"));
        CHECK_FALSE(fields.holds("time"));
    });
    CHECK(found == Texts{"3: at.evnt: unknown key (did you mean 'event'?); known here: event, time"});
}

TEST_CASE("a key that must be there and is not is an error with what to write") {
    const auto found = found_by("at: {event: 1}", [](const yaml::Place& at) {
        const Fields fields(at, {"event", "time"});
        CHECK(fields.required("event", "write it") != nullptr);
        CHECK(fields.required("time", "write where it stands") == nullptr);
    });
    CHECK(found == Texts{"1: at: time is missing; write where it stands"});
}

TEST_CASE("what is no mapping is one error, not one for each key that it lacks") {
    for (const char* const text : {"at: word", "at: [1]", "at:"}) {
        const auto found = found_by(text, [](const yaml::Place& at) {
            const Fields fields(at, {"event"});
            CHECK(fields.required("event", "write it") == nullptr);
        });
        CHECK(found == Texts{"1: at: must be a mapping of keys to values; its keys are: event"});
    }
}

TEST_CASE("names that a file chooses are given in their order, and there must be one") {
    CHECK(found_by("at: {b: 1, a: 2}", [](const yaml::Place& at) {
              const auto entries = named(at, 2, "write {name: ...}");
              REQUIRE(entries.size() == 2);
              CHECK(entries[0].first == "b");
          }).empty());
    CHECK(found_by("at: {}", [](const yaml::Place& at) { CHECK(named(at, 2, "write {a: b}").empty()); }) ==
          Texts{"1: at: is empty; write {a: b}"});
    CHECK(found_by("at: {a: 1, b: 2, c: 3}", [](const yaml::Place& at) {
              CHECK(named(at, 2, "").size() == 2);
          }) == Texts{"1: at: has more than 2 entries; remove some of them"});
}

}  // namespace
}  // namespace chathook::mapping_file
