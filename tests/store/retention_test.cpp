#include "store/retention.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "disk/files.hpp"
#include "journal/fixture.hpp"
#include "store/schema.hpp"

using namespace chathook;
using namespace chathook::disk;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;

TEST_CASE("retention works in small steps and rests between two sweeps") {
    const TempDirectory directory;
    Database database = open_for_writing(disk::DirectoryLock(directory.path()).database_file());
    JournalSettings settings;
    settings.retain_delivered = std::chrono::hours(1);
    Store store(database, settings.dedupe_window);
    store.begin();
    for (int at = 0; at < 600; ++at)
        store.append(event_of(std::to_string(at), recently - std::chrono::hours(2)), 0);
    store.commit();

    Retention retention(database, store, settings);
    const auto left = [&] { return database.value_of("SELECT count(*) FROM events"); };
    retention.step(recently, 0);  // no sink is missing
    retention.step(recently, 0);  // no dead letters
    for (const char* expected : {"344", "88", "0"}) {
        CHECK(retention.next() <= std::chrono::steady_clock::now());
        retention.step(recently, 0);
        CHECK(left() == expected);
    }
    retention.step(recently, 0);  // the ledger, all of it within the dedupe window
    CHECK(retention.next() > std::chrono::steady_clock::now());
    CHECK(database.value_of("SELECT count(*) FROM ledger") == "600");
}

TEST_CASE("after a sweep retention rests fifty times as long, but no longer than a minute") {
    using namespace std::chrono_literals;
    CHECK(rest_after(0ms) == 1s);
    CHECK(rest_after(20ms) == 1s);
    CHECK(rest_after(100ms) == 5s);
    CHECK(rest_after(10s) == 1min);
}

TEST_CASE("the line of a record that goes late goes with it, so that it never stands before a gap") {
    using namespace std::chrono_literals;
    const TempDirectory directory;
    Database database = open_for_writing(disk::DirectoryLock(directory.path()).database_file());
    JournalSettings settings;
    settings.retain_delivered = settings.dedupe_window = 1h;
    Store store(database, settings.dedupe_window);
    for (const char* name : {"held", "b", "c", "d"}) {  // each a group of its own
        store.begin();
        const SinkNumber slow = store.sink_number("slow").value();
        store.append(event_of(name), name == std::string("held") ? SinkSet{1} << slow : 0);
        store.commit();
    }
    Retention retention(database, store, settings);
    const auto sweep_up_to_events = [&] {
        for (int stage = 0; stage < 3; ++stage) retention.step(recently + 2h, 0);
    };
    const auto lines = [&] { return database.value_of("SELECT group_concat(seq) FROM ledger"); };
    sweep_up_to_events();
    retention.step(recently + 2h, 0);
    CHECK(lines() == "1,4");
    store.begin();
    store.settle(0, {delivered(1)}, recently);
    store.commit();
    sweep_up_to_events();
    CHECK(database.value_of("SELECT count(*) FROM events") == "0");
    CHECK(lines() == "4");
}

TEST_CASE("nothing of a forgotten event is left in the files") {
    Place place;
    place.settings.retain_delivered = std::chrono::seconds(0);
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    for (int at = 0; at < 50; ++at) REQUIRE(append(*journal, event_of("visitor-" + std::to_string(at))));
    CHECK(eventually([&] { return found(*reader).empty(); }));
    journal->stop();
    for (const char* name : {"journal.sqlite", "journal.sqlite-wal"}) {
        std::ifstream file(place.file(name), std::ios::binary);
        CHECK_FALSE(says(std::string(std::istreambuf_iterator<char>(file), {}), "visitor-"));
    }
}
