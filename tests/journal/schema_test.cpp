#include "journal/schema.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "journal/files.hpp"
#include "journal/journal.hpp"
#include "journal/record.hpp"
#include "support/temp_directory.hpp"

using namespace chathook;
using namespace chathook::journal;

namespace {

// The database file of a fresh, empty journal directory.
std::filesystem::path fresh_file(const std::filesystem::path& directory) {
    return DirectoryLock(directory).database_file();
}

}  // namespace

TEST_CASE("the writing connection syncs at every commit and keeps checkpoints to itself") {
    const chathook::test::TempDirectory directory;
    Database database = open_for_writing(fresh_file(directory.path()));
    CHECK(database.value_of("PRAGMA journal_mode") == "wal");
    CHECK(database.value_of("PRAGMA synchronous") == "2");
    CHECK(database.value_of("PRAGMA mmap_size") == "0");
    CHECK(database.value_of("PRAGMA wal_autocheckpoint") == "0");
    CHECK(database.value_of("PRAGMA secure_delete") == "1");
    CHECK(database.value_of("PRAGMA page_size") == "4096");
    CHECK(database.value_of("PRAGMA user_version") == "1");
}

TEST_CASE("a reading connection can neither write nor checkpoint") {
    const chathook::test::TempDirectory directory;
    const std::filesystem::path file = fresh_file(directory.path());
    Database writer = open_for_writing(file);
    Database reader = open_for_reading(file);
    CHECK_THROWS_AS(reader.execute("DELETE FROM events"), SqliteError);
    int no_checkpoint_on_close = 0;
    reader.check(
        sqlite3_db_config(reader.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1, &no_checkpoint_on_close));
    CHECK(no_checkpoint_on_close == 1);
    writer.execute("INSERT INTO sinks(number, name, cursor) VALUES(0, 'events', 0)");
    CHECK(sqlite3_wal_checkpoint_v2(reader.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) !=
          SQLITE_OK);
}

TEST_CASE("another program's database is refused and left as it was") {
    const chathook::test::TempDirectory directory;
    const std::filesystem::path file = fresh_file(directory.path());
    Database(file, SQLITE_OPEN_READWRITE, {}).execute("CREATE TABLE theirs(x)");
    CHECK_THROWS_WITH(open_for_writing(file),
                      file.string() + " is a database of another program, not a journal");
    Database theirs(file, SQLITE_OPEN_READWRITE, {});
    CHECK(theirs.value_of("PRAGMA journal_mode") == "delete");
    CHECK(theirs.value_of("SELECT count(*) FROM sqlite_schema") == "1");
}

TEST_CASE("a journal of a newer format is refused") {
    const chathook::test::TempDirectory directory;
    const std::filesystem::path file = fresh_file(directory.path());
    open_for_writing(file).execute("PRAGMA user_version=2");
    CHECK_THROWS_WITH(open_for_writing(file),
                      file.string() + " was written in journal format 2; this program knows format 1");
}

TEST_CASE("the record checksum covers every field in the documented form") {
    Event event;
    event.id = "0190163d-8694-739b-aea5-966c26f8ad91";
    event.source = "lynn-support";
    event.vendor = "lynn";
    event.type = "handover.requested";
    event.vendor_type = "handover";
    event.received = Instant(std::chrono::microseconds(1'800'000'000'123'456));
    event.json = R"({"data":{"original":{}}})";
    event.original_at = 20;
    event.original_size = 2;
    // Frozen: journals on disk carry it. Worked out apart from this program, from docs/journal-format.md.
    CHECK(record_checksum(7, 5, event) == 0xff698a66);

    const std::uint32_t whole = record_checksum(7, 5, event);
    CHECK(record_checksum(8, 5, event) != whole);
    CHECK(record_checksum(7, 4, event) != whole);
    const auto changed = [&](auto&& change) {
        Event other = event;
        change(other);
        return record_checksum(7, 5, other) != whole;
    };
    CHECK(changed([](Event& e) { e.id += "x"; }));
    CHECK(changed([](Event& e) { e.source += "x"; }));
    CHECK(changed([](Event& e) { e.vendor += "x"; }));
    CHECK(changed([](Event& e) { e.type += "x"; }));
    CHECK(changed([](Event& e) { e.vendor_type += "x"; }));
    CHECK(changed([](Event& e) { e.json += "x"; }));
    CHECK(changed([](Event& e) { e.raw += "x"; }));
    CHECK(changed([](Event& e) { e.received += std::chrono::microseconds(1); }));
    CHECK(changed([](Event& e) { e.original_at += 1; }));
    CHECK(changed([](Event& e) { e.original_size += 1; }));
    CHECK(changed([](Event& e) { std::swap(e.source, e.vendor); }));
}
