#include "inspection/sink_names.hpp"

#include <catch2/catch.hpp>

#include "journal/fixture.hpp"

using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::inspection;

using Names = std::vector<std::string>;

TEST_CASE("the names of sinks are read from a journal that is stopped, in use, or was killed") {
    Place place;
    auto journal = place.open();
    REQUIRE(journal->sink_number("crm"));
    REQUIRE(journal->sink_number("events"));
    CHECK(sink_names(place.settings.directory) == Names{"crm", "events"});
    journal->stop();
    journal.reset();
    CHECK(sink_names(place.settings.directory) == Names{"crm", "events"});
    CHECK_FALSE(std::filesystem::exists(place.file("journal.sqlite-shm")));
    CHECK(place.open()->sink_number("crm") == SinkNumber{0});
}

TEST_CASE("without a journal no names of sinks are known") {
    const chathook::test::TempDirectory directory;
    CHECK_FALSE(sink_names(directory.path() / "nowhere"));
    CHECK_FALSE(sink_names(directory.path()));
}
