#include "store/upgrade.hpp"

#include <catch2/catch.hpp>

#include "store/former.hpp"
#include "store/opened.hpp"

using namespace chathook;
using namespace chathook::journal::test;
using namespace chathook::store;
using namespace chathook::store::test;

namespace {

// A journal of format 3 with three sinks: in order, out of order, and at its beginning.
struct FormerJournal {
    FormerJournal() {
        const disk::DirectoryLock lock(directory.path());
        Database database = open_for_writing(lock.database_file());
        Store store(database, std::chrono::hours(1));
        store.begin();
        for (const char* name : {"files", "crm", "slow"}) store.sink_number(name);
        for (int at = 1; at <= 40; ++at) {
            const SinkSet routed =
                at % 3 == 0 ? SinkSet{0, 2} : SinkSet{0, 1, 2};  // every third event is not for crm
            store.append(event_of(std::to_string(at)), routed);
        }
        for (std::uint64_t at = 1; at <= 40; ++at) store.settle(0, {delivered(at)}, recently);
        for (const std::uint64_t at : {2u, 4u, 5u, 7u, 8u, 13u, 20u})
            store.settle(1, {delivered(at)}, recently);
        store.commit();
        runs = database.value_of(all_runs);
    }

    Database former() const {
        downgrade_to_format_3(file());
        return Database(file(), SQLITE_OPEN_READWRITE, std::chrono::seconds(1));
    }
    std::filesystem::path file() const { return directory.path() / "journal.sqlite"; }

    static constexpr const char* all_runs =
        "SELECT group_concat(sink || ':' || first || '-' || last || '=' || checksum) FROM (SELECT * FROM "
        "passed "
        "ORDER BY sink, first)";
    TempDirectory directory;
    std::string runs;
};

}  // namespace

TEST_CASE("an upgrade makes the runs that this program would have made") {
    const FormerJournal journal;
    journal.former();
    Database database = open_for_writing(journal.file());
    CHECK(database.value_of("PRAGMA user_version") == "4");
    CHECK(database.value_of(FormerJournal::all_runs) == journal.runs);
    CHECK(database.value_of("SELECT count(*) FROM sqlite_schema WHERE name IN ('settled', 'progress')") ==
          "0");
    const Store store(database, std::chrono::hours(1));
    CHECK(store.counts().sinks[0].cursor == 40);
    CHECK(store.counts().sinks[1].cursor == 0);
    CHECK(store.counts().sinks[1].waiting == 27 - 7);
    CHECK(store.counts().sinks[2].waiting == 40);
    CHECK(store.waits(1, 1));
    CHECK_FALSE(store.waits(13, 1));
}

TEST_CASE("an upgrade does not make good what was not as it was written") {
    const FormerJournal journal;
    const std::string damage = GENERATE(as<std::string>(), "UPDATE sinks SET cursor = 3 WHERE number = 1",
                                        "DELETE FROM settled WHERE seq = 13",
                                        "UPDATE progress SET checksum = checksum + 1 WHERE sink = 1");
    CAPTURE(damage);
    journal.former().execute(damage);
    Database database = open_for_writing(journal.file());
    CHECK_THROWS_WITH(Store(database, std::chrono::hours(1)),
                      Catch::Contains("how far sink crm is") && Catch::Contains("is not as it was written"));
    CHECK_NOTHROW(Store(database, std::chrono::hours(1), OnDamage::go_on));
}

TEST_CASE("lines that were forgotten do not part a run in an upgrade") {
    const TempDirectory directory;
    {
        const disk::DirectoryLock lock(directory.path());
        Database database = open_for_writing(lock.database_file());
        Store store(database, std::chrono::hours(1));
        store.begin();
        store.sink_number("crm");
        store.commit();
        for (int group = 0; group < 3; ++group) {
            store.begin();
            for (const char* name : {"a", "b"}) store.append(event_of(name + std::to_string(group)), {0});
            store.commit();
        }
        store.begin();
        store.settle(0, {delivered(2), delivered(3), delivered(4), delivered(5)}, recently);
        store.commit();
        database.execute("DELETE FROM lines WHERE first = 3; DELETE FROM records WHERE first = 3");
    }
    downgrade_to_format_3(directory.path() / "journal.sqlite");
    Database database = open_for_writing(directory.path() / "journal.sqlite");
    CHECK(database.value_of("SELECT group_concat(first || '-' || last) FROM passed") == "0-0,2-5");
}

TEST_CASE("a format 3 without a record of how far sinks are is believed") {
    const FormerJournal journal;
    journal.former().execute("DELETE FROM progress");
    Database database = open_for_writing(journal.file());
    CHECK_NOTHROW(Store(database, std::chrono::hours(1)));
    CHECK(database.value_of(FormerJournal::all_runs) == journal.runs);
}
