#include "store/schema.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "disk/files.hpp"
#include "format/group_tables.hpp"
#include "inspection/inspect.hpp"
#include "journal/fixture.hpp"
#include "store/former.hpp"

using namespace chathook;
using namespace chathook::disk;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;
using namespace chathook::inspection;

namespace {

// The database file of a new, empty journal.
std::filesystem::path fresh_file(const std::filesystem::path& directory) {
    return disk::DirectoryLock(directory).database_file();
}

// Everything that can be read about the events of a journal.
std::string told(const std::filesystem::path& file) {
    Database database(file, SQLITE_OPEN_READONLY, {});
    format::know_group_tables(database);
    return database.value_of(
               "SELECT group_concat(seq || ' ' || received || ' ' || routed || ' ' || hex(key)) FROM "
               "ledger") +
           database.value_of(
               "SELECT group_concat(seq || ' ' || checksum || ' ' || original_at || ' ' || original_size || "
               "' ' || source "
               "|| vendor || type || vendor_type || id || json || coalesce(hex(raw), 'NULL')) FROM events");
}

// A journal as version 0.1 left it, with events of every kind: kept, erased, with and without raw bytes, dead
// and due again.
struct Former : Place {
    explicit Former(int events) {
        const auto journal = open();
        const SinkNumber sink = journal->sink_number("crm").value();
        std::vector<Event> all;
        for (int at = 1; at <= events; ++at) {
            all.push_back(event_of(std::to_string(at)));
            if (at % 7 == 0) all.back().raw = std::string("raw\0bytes", 9) + std::to_string(at);
        }
        append_all(*journal, std::move(all), SinkSet{sink});
        REQUIRE(journal->settle(sink, {delivered(1), dead(2), delivered(5)}));
        const std::size_t erasable = events < 6 ? 1 : 2;
        REQUIRE(journal->erase({3, 6}, {}).value().events == erasable);
        journal->stop();
        store::test::downgrade_to_format_3(file());
    }
};

}  // namespace

TEST_CASE("the writing connection syncs at every commit and checkpoints only on demand") {
    const TempDirectory directory;
    Database database = open_for_writing(fresh_file(directory.path()));
    CHECK(database.value_of("PRAGMA journal_mode") == "wal");
    CHECK(database.value_of("PRAGMA synchronous") == "2");
    CHECK(database.value_of("PRAGMA mmap_size") == "0");
    CHECK(database.value_of("PRAGMA wal_autocheckpoint") == "0");
    CHECK(database.value_of("PRAGMA secure_delete") == "1");
    CHECK(database.value_of("PRAGMA page_size") == "4096");
    CHECK(database.value_of("PRAGMA user_version") == "4");
}

TEST_CASE("a reading connection can neither write nor checkpoint") {
    const TempDirectory directory;
    const std::filesystem::path file = fresh_file(directory.path());
    Database writer = open_for_writing(file);
    Database reader = open_for_reading(file);
    CHECK_THROWS_AS(reader.execute("DELETE FROM records"), SqliteError);
    int no_checkpoint_on_close = 0;
    reader.check(
        sqlite3_db_config(reader.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1, &no_checkpoint_on_close));
    CHECK(no_checkpoint_on_close == 1);
    writer.execute("INSERT INTO sinks(number, name) VALUES(0, 'events')");
    CHECK(sqlite3_wal_checkpoint_v2(reader.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) !=
          SQLITE_OK);
}

TEST_CASE("another program's database is refused and not changed") {
    const TempDirectory directory;
    const std::filesystem::path file = fresh_file(directory.path());
    Database(file, SQLITE_OPEN_READWRITE, {}).execute("CREATE TABLE theirs(x)");
    CHECK_THROWS_WITH(open_for_writing(file),
                      file.string() + " is a database of another program, not a journal");
    Database theirs(file, SQLITE_OPEN_READWRITE, {});
    CHECK(theirs.value_of("PRAGMA journal_mode") == "delete");
    CHECK(theirs.value_of("SELECT count(*) FROM sqlite_schema") == "1");
}

TEST_CASE("a journal of a newer format is refused") {
    const TempDirectory directory;
    const std::filesystem::path file = fresh_file(directory.path());
    open_for_writing(file).execute("PRAGMA user_version=5");
    CHECK_THROWS_WITH(open_for_writing(file),
                      file.string() + " was written in journal format 5; this program knows format 4");
}

TEST_CASE("a journal that needs what this program does not know is refused with its name, and not changed") {
    const TempDirectory directory;
    const std::filesystem::path file = fresh_file(directory.path());
    open_for_writing(file).execute("INSERT INTO needs VALUES('segments')");
    CHECK_THROWS_WITH(open_for_writing(file),
                      Catch::Contains("\"segments\"") && Catch::Contains("Install that"));
    CHECK_THROWS_WITH(inspect(directory.path()), Catch::Contains("\"segments\""));
    CHECK(Database(file, SQLITE_OPEN_READONLY, {}).value_of("SELECT feature FROM needs") == "segments");
}

TEST_CASE("a journal of the same format without the tables of requests gets them when it is opened") {
    Place place;
    REQUIRE(append(*place.open(), event_of("a")));
    Database(place.file(), SQLITE_OPEN_READWRITE, {}).execute("DROP TABLE requests; DROP TABLE repeats");
    CHECK_FALSE(inspect(place.settings.directory).damaged());
    {
        const auto journal = place.open();
        CHECK_FALSE(journal->open_reader()->request_of(1).value());
        CHECK(append_parcel(*journal, parcel_of({"a", "b"})).value() == Answers{{1, true}, {2, false}});
        CHECK(journal->open_reader()->request_of(2).value().value().count == 2);
    }
    // A program that does not know them refuses every journal that has a row in this table.
    CHECK(Database(place.file(), SQLITE_OPEN_READONLY, {}).value_of("SELECT feature FROM needs") ==
          "requests");
    CHECK_FALSE(inspect(place.settings.directory).damaged());
}

TEST_CASE(
    "what a later program of the same format added stays: a table, and a row of another state or flag") {
    Place place;
    {
        const auto journal = place.open();
        const SinkNumber sink = journal->sink_number("crm").value();
        for (const char* name : {"a", "b", "c"}) REQUIRE(append(*journal, event_of(name), SinkSet{sink}));
        REQUIRE(journal->settle(sink, {delivered(1), delivered(2), delivered(3)}));
        journal->stop();
    }
    Database(place.file(), SQLITE_OPEN_READWRITE, {})
        .execute(
            "CREATE TABLE pauses(sink INTEGER PRIMARY KEY, since INTEGER NOT NULL) STRICT;"
            "INSERT INTO pauses VALUES(0, 7);"
            "INSERT INTO owed(seq, sink, state, flags, attempts, reason, at) VALUES(1, 0, 9, 0, 2, 'x', 0),"
            "(2, 0, 4, 64, 2, 'x', 0)");
    place.settings.retain_delivered = std::chrono::seconds(0);
    place.settings.dedupe_window = std::chrono::seconds(0);
    {
        const auto journal = place.open();
        const auto reader = journal->open_reader();
        // Only the third event may go, and its line is the newest.
        CHECK(eventually([&] { return reader->find({}).value().size() == 2; }));
        CHECK(journal->redeliver(0, {1, 2}).value() == 0);
        CHECK(journal->discard(0, {1, 2}).value() == 0);
        journal->stop();
    }
    Database kept(place.file(), SQLITE_OPEN_READONLY, {});
    CHECK(kept.value_of("SELECT group_concat(seq || ':' || state || ':' || flags) FROM owed") ==
          "1:9:0,2:4:64");
    CHECK(kept.value_of("SELECT since FROM pauses") == "7");
    CHECK_FALSE(inspect(place.settings.directory).damaged());
}

TEST_CASE("a file that is no database is refused with exit code 74 and not changed") {
    Place place;
    std::filesystem::create_directory(place.settings.directory);
    const std::string rubbish(8192, 'x');
    std::ofstream(place.file()) << rubbish;
    const auto [code, sentence] = place.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "is damaged: file is not a database"));
    std::ifstream file(place.file());
    CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == rubbish);
}

TEST_CASE("a database with a damaged page is refused with exit code 74") {
    Place place;
    {
        const auto journal = place.open();
        for (int at = 0; at < 300; ++at) REQUIRE(append(*journal, event_of(std::to_string(at))));
    }
    std::fstream file(place.file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);  // the first table's root
    file << std::string(4096, '\xff');
    file.close();
    const auto [code, sentence] = place.refusal();
    CHECK(code == 74);
    CHECK(says(sentence, "malformed"));
}

TEST_CASE("a journal of version 0.1 is migrated with everything in it") {
    Former place(300);
    const std::string before = told(place.file());
    CHECK(inspect(place.settings.directory).events == 298);  // even before it is opened
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
        CHECK(reader->sinks().value().size() == 1);
        if (round == 0) CHECK(journal->redeliver(0, {1}).value() == 1);
    }
    CHECK(told(place.file()) == before);
    CHECK(Database(place.file(), SQLITE_OPEN_READONLY, {}).value_of("PRAGMA user_version") == "4");
    CHECK_FALSE(inspect(place.settings.directory).damaged());
}

TEST_CASE("a journal that cannot be migrated is not changed") {
    Former place(3);
    // The index exists already, so the upgrade fails half-way.
    Database(place.file(), SQLITE_OPEN_READWRITE, {}).execute("CREATE INDEX owed_again ON again(at)");
    CHECK(place.refusal().first == 74);
    Database as_it_was(place.file(), SQLITE_OPEN_READWRITE, {});
    CHECK(as_it_was.value_of("SELECT count(*) FROM sqlite_schema WHERE name IN ('clock', 'passed')") == "0");
    CHECK(as_it_was.value_of("SELECT count(*) FROM pragma_table_info('dead') WHERE name = 'counted_from'") ==
          "0");
}

TEST_CASE("a journal of a format that no release wrote is refused with exit code 74 and not changed") {
    const std::string change =
        GENERATE("PRAGMA user_version=1", "PRAGMA user_version=2", "CREATE TABLE former_ledger(seq)");
    CAPTURE(change);
    const std::string format = change.ends_with("1") ? "1" : "2";
    Place place;
    REQUIRE(append(*place.open(), event_of("a")));
    Database(place.file(), SQLITE_OPEN_READWRITE, {}).execute(change);
    const std::string before = content_of(place.file());
    const std::string expected = place.file().string() + " was written in journal format " + format +
                                 "; this program knows format 4 and the one before. Move the journal's "
                                 "directory away to start with an empty journal";
    const auto [code, sentence] = place.refusal();
    CHECK(code == 74);
    CHECK(sentence == expected);
    try {
        inspect(place.settings.directory);
        FAIL("inspected");
    } catch (const OpenError& error) {
        CHECK(error.exit_code() == 74);
        CHECK(error.what() == expected);
    }
    CHECK(content_of(place.file()) == before);
}
