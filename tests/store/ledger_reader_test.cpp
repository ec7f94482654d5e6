#include "store/ledger_reader.hpp"

#include <catch2/catch.hpp>

#include "journal/fixture.hpp"
#include "sqlite/sqlite.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;

TEST_CASE("a dead letter whose record is damaged is listed without its event") {
    Place place;
    {
        const auto journal = place.open();
        const SinkNumber sink = journal->sink_number("crm").value();
        REQUIRE(append(*journal, event_of("a"), SinkSet{sink}));
        REQUIRE(journal->settle(sink, {dead(1)}));
    }
    Database(place.file(), SQLITE_OPEN_READWRITE, {}).execute("UPDATE records SET data = x'00'");
    const auto journal = place.open();
    const auto letters = journal->open_reader()->dead({}).value();
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].sequence == 1);
    CHECK(letters[0].sink == "crm");
    CHECK_FALSE(letters[0].event);
}

TEST_CASE("long ledgers are read in pieces without skipping a line") {
    Place place;
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    constexpr std::uint64_t events = 1300;
    std::vector<Event> all;
    std::vector<Settlement> given_up;
    for (std::uint64_t at = 1; at <= events; ++at) {
        all.push_back(event_of(std::to_string(at)));
        if (at == 1250) all.back().type = "lead.created";
        given_up.push_back(dead(at));
    }
    for (const char* name : {"crm", "archive"}) REQUIRE(journal->sink_number(name));
    append_all(*journal, all, SinkSet{0, 1});
    for (const SinkNumber sink : {0, 1}) REQUIRE(journal->settle(sink, given_up));
    DeadQuery query;
    query.limit = 10000;
    for (const bool newest : {false, true}) {
        query.newest = newest;
        const auto letters = reader->dead(query).value();
        REQUIRE(letters.size() == 2 * events);
        for (std::size_t at = 0; at < letters.size(); ++at) {
            REQUIRE(letters[at].sequence == at / 2 + 1);
            REQUIRE(letters[at].sink == (at % 2 == 0 ? "crm" : "archive"));
        }
        DeadQuery one = query;
        one.type_glob = "lead.*";
        CHECK(reader->dead(one).value().size() == 2);
    }
    // The same backward, in pages that contain all letters of a sequence.
    query.limit = 3;
    std::uint64_t seen = 0;
    for (auto page = reader->dead(query).value(); !page.empty(); page = reader->dead(query).value()) {
        REQUIRE(page.back().sequence == events - seen / 2);
        REQUIRE(page.size() % 2 == 0);
        seen += page.size();
        query.before_sequence = page.front().sequence;
    }
    CHECK(seen == 2 * events);
}
