#include "journal/upgrade.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "journal/fixture.hpp"
#include "journal/group_tables.hpp"
#include "journal/inspect.hpp"
#include "journal/schema.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

namespace {

// Everything that a journal of format 2 can tell of its events, whichever format it has now.
std::string told(const std::filesystem::path& file) {
    Database database(file, SQLITE_OPEN_READONLY, {});
    know_group_tables(database);
    return database.value_of(
               "SELECT group_concat(seq || ' ' || received || ' ' || routed || ' ' || hex(key)) FROM "
               "ledger") +
           database.value_of(
               "SELECT group_concat(seq || ' ' || checksum || ' ' || original_at || ' ' || original_size || "
               "' ' || source "
               "|| vendor || type || vendor_type || id || json || coalesce(hex(raw), 'NULL')) FROM events");
}

// A journal with events of every kind: kept, erased, with and without raw bytes, dead and due again.
struct Former : Place {
    explicit Former(int events) {
        const auto journal = open();
        const SinkNumber sink = journal->sink_number("crm").value();
        std::vector<Event> all;
        for (int at = 1; at <= events; ++at) {
            all.push_back(event_of(std::to_string(at)));
            if (at % 7 == 0) all.back().raw = std::string("raw\0bytes", 9) + std::to_string(at);
        }
        append_all(*journal, std::move(all), SinkSet{1} << sink);
        REQUIRE(journal->settle(sink, {delivered(1), dead(2), delivered(5)}));
        const std::size_t erasable = events < 6 ? 1 : 2;
        REQUIRE(journal->erase({3, 6}, {}).value().events == erasable);
        journal->stop();
    }
};

}  // namespace

TEST_CASE("a journal of an older format is brought up to date with everything in it") {
    const int format = GENERATE(1, 2);
    CAPTURE(format);
    Former place(300);
    turn_back(place.file(), format);
    CHECK(inspect(place.settings.directory).events == 298);  // before it is opened, too
    for (int round = 0; round < 2; ++round) {
        const auto journal = place.open();
        const auto reader = journal->open_reader();
        Query all;
        all.limit = 1000;
        CHECK(found(*reader, all).size() == 298);
        CHECK(reader->backlog(0).value().dead == 1);
        CHECK(append(*journal, event_of("1")).value().duplicate);
        CHECK(append(*journal, event_of("300")).value().duplicate);
        CHECK(due(*reader, 0).size() == (round == 0 ? 295 : 296));
        if (round == 0) CHECK(journal->redeliver(0, {1}).value() == 1);
    }
    CHECK(Database(place.file(), SQLITE_OPEN_READONLY, {}).value_of("PRAGMA user_version") == "3");
    CHECK_FALSE(inspect(place.settings.directory).damaged());
}

TEST_CASE("no byte of a line or a record changes with the format") {
    Former place(300);
    const std::string before = told(place.file());
    turn_back(place.file(), 2);
    REQUIRE(told(place.file()) == before);
    place.open()->stop();
    CHECK(told(place.file()) == before);
    CHECK(Database(place.file(), SQLITE_OPEN_READONLY, {}).value_of("SELECT count(*) FROM lines") == "3");
}

TEST_CASE("what was damaged before the format changed stays damaged") {
    Former place(20);
    turn_back(place.file(), 2);
    Database(place.file(), SQLITE_OPEN_READWRITE, {})
        .execute(
            "UPDATE events SET json = replace(json, '1.0', '1.1') WHERE seq = 7; "
            "UPDATE ledger SET routed = 0 WHERE seq = 9; DELETE FROM ledger WHERE seq = 12");
    place.settings.on_damage = OnDamage::go_on;
    place.open()->stop();
    const Inspection found = inspect(place.settings.directory);
    CHECK(found.bad_checksums.first == Sequences{9, 7, 9});
    CHECK(found.gaps.count == 0);  // behind a line with an event
    CHECK(found.events == 17);     // 12 had no line
}

TEST_CASE("a move into groups that was interrupted goes on, and nobody takes half of it for all") {
    Former place(300);
    const std::string before = told(place.file());
    turn_back(place.file(), 2);
    {
        // As the move leaves it between two of its transactions.
        Database database(place.file(), SQLITE_OPEN_READWRITE, {});
        database.execute(
            "ALTER TABLE ledger RENAME TO former_ledger; ALTER TABLE events RENAME TO former_events; "
            "CREATE TABLE lines(first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT; "
            "CREATE TABLE records(first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT; "
            "PRAGMA user_version=3");
        CHECK(is_upgrading(database));
    }
    CHECK_THROWS_WITH(inspect(place.settings.directory), Catch::Contains("start chathookd once"));
    place.open()->stop();
    CHECK(told(place.file()) == before);
    CHECK_FALSE(inspect(place.settings.directory).damaged());
}

TEST_CASE("an upgrade that cannot begin leaves the journal as it was") {
    Former place(3);
    turn_back(place.file(), 1);
    // `rejections` is there already, so the upgrade fails half-way.
    Database(place.file(), SQLITE_OPEN_READWRITE, {}).execute("CREATE TABLE rejections(x)");
    CHECK(place.refusal().first == 74);
    Database as_it_was(place.file(), SQLITE_OPEN_READWRITE, {});
    CHECK(as_it_was.value_of("PRAGMA user_version") == "1");
    CHECK(as_it_was.value_of("SELECT count(*) FROM sqlite_schema WHERE name IN ('again', 'lines')") == "0");
}
