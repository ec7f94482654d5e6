#include "journal/retention.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "journal/files.hpp"
#include "journal/fixture.hpp"
#include "journal/schema.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

TEST_CASE("retention works in small steps and rests between two sweeps") {
    const TempDirectory directory;
    Database database = open_for_writing(DirectoryLock(directory.path()).database_file());
    JournalSettings settings;
    settings.retain_delivered = std::chrono::hours(1);
    Store store(database, settings.dedupe_window);
    store.begin();
    for (int at = 0; at < 600; ++at)
        store.append(event_of(std::to_string(at), recently - std::chrono::hours(2)), 0);
    store.commit();

    Retention retention(database, store, settings);
    const auto left = [&] { return database.value_of("SELECT count(*) FROM events"); };
    retention.step(recently);  // no dead letters
    for (const char* expected : {"344", "88", "0"}) {
        CHECK(retention.next() <= std::chrono::steady_clock::now());
        retention.step(recently);
        CHECK(left() == expected);
    }
    retention.step(recently);  // the ledger, all of it within the dedupe window
    CHECK(retention.next() > std::chrono::steady_clock::now());
    CHECK(database.value_of("SELECT count(*) FROM ledger") == "600");
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
