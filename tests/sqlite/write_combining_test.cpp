#include "sqlite/write_combining.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

#include "sqlite/combined_place.hpp"

using namespace chathook;
using namespace chathook::disk;
using namespace chathook::sqlite;
using namespace chathook::sqlite::test;

TEST_CASE("a commit is one write of the log and one sync, however many pages it has") {
    CombinedPlace place;
    Database database = place.open();
    database.execute(table);
    place.watched.take();
    for (const int more : {1, 5, 20}) {
        const auto before = frames_of(place.file());
        database.execute("BEGIN");
        database.execute("PRAGMA cache_size=1000");
        database.execute(rows(more * 100, more * 100 + more, 'a'));
        CHECK(place.watched.take().empty());
        database.execute("COMMIT");
        const auto pages = frames_of(place.file()) - before;
        CHECK(pages >= static_cast<std::uint64_t>(more));
        const auto offset = WalScan::header_bytes + before * frame_bytes;
        CHECK(place.watched.take() ==
              Calls{"log write " + std::to_string(pages * frame_bytes) + " at " + std::to_string(offset),
                    "log sync"});
    }
}

TEST_CASE("one write is never larger than the system accepts in a call") {
    CombinedPlace place;
    Database database = place.open();
    database.execute(table);
    database.execute("PRAGMA cache_size=1000");
    sqlite3_int64 end = -1;
    int largest = 0;
    place.watched.judge = [&](const WatchedFiles::Call& call) {
        if (call.what.ends_with("write")) {
            if (call.what == "log write" && end >= 0) CHECK(call.offset == end);
            if (call.what == "log write") end = call.offset + call.size;
            largest = std::max(largest, call.size);
        }
        return SQLITE_OK;
    };
    database.execute(rows(1, 200, 'a'));
    CHECK(largest >= 31 * frame_bytes);
    largest = 0;
    REQUIRE(checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE) == SQLITE_OK);
    CHECK(largest >= 31 * page_bytes);
    CHECK(largest < 128 << 10);
    CHECK(content(database).starts_with("200 "));
}

TEST_CASE(
    "a checkpoint syncs the log, writes runs of pages, syncs the database and truncates the log, in order") {
    CombinedPlace place;
    Database database = place.open();
    database.execute(table);
    database.execute(rows(1, 20, 'a'));
    place.watched.take();
    REQUIRE(checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE) == SQLITE_OK);
    const auto bytes = std::to_string(std::filesystem::file_size(place.file()));
    CHECK(place.watched.take() == Calls{"log sync", "database write " + bytes + " at 0",
                                        "database truncate at " + bytes, "database sync",
                                        "log truncate at 0"});
    database.execute("UPDATE t SET text = replace(text, 'a', 'b') WHERE id IN (5, 6, 15, 16)");
    // Leaves two runs of pages.
    REQUIRE(checkpoint(database, SQLITE_CHECKPOINT_PASSIVE) == SQLITE_OK);
    const Calls calls = place.watched.take();
    CHECK(count(calls, "database write") == 2);
    CHECK(count(calls, "database write 8192") == 2);
    CHECK(calls.back() == "database sync");
}

TEST_CASE("a checkpoint that a reader cuts short writes pages one by one, because SQLite does not sync it") {
    CombinedPlace place;
    Database database = place.open();
    Database reader(place.file(), SQLITE_OPEN_READONLY, {});
    database.execute(table);
    database.execute(rows(1, 10, 'a'));
    reader.execute("BEGIN; SELECT count(*) FROM t");
    database.execute(rows(11, 20, 'b'));
    place.watched.take();
    REQUIRE(checkpoint(database, SQLITE_CHECKPOINT_PASSIVE) == SQLITE_OK);
    const Calls calls = place.watched.take();
    CHECK(count(calls, "database write") >= 10);
    CHECK(count(calls, "database write") == count(calls, "database write 4096 "));
    CHECK(count(calls, "database sync") == 0);
    Database fresh(place.file(), SQLITE_OPEN_READONLY, {});
    CHECK(content(fresh) == content(database));
    CHECK(place.content_after_crash() == content(database));
}

TEST_CASE("outside of a checkpoint a page of the database is written immediately") {
    CombinedPlace place;
    Database database = place.open();
    database.execute(table);
    REQUIRE(checkpoint(database, SQLITE_CHECKPOINT_PASSIVE) == SQLITE_OK);
    sqlite3_file* file = nullptr;
    sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    REQUIRE(file != nullptr);
    std::string page(page_bytes, ' ');
    CHECK(file->pMethods->xRead(file, page.data(), page_bytes, page_bytes) == SQLITE_OK);
    place.watched.take();
    CHECK(file->pMethods->xWrite(file, page.data(), page_bytes, page_bytes) == SQLITE_OK);
    CHECK(place.watched.take() == Calls{"database write 4096 at 4096"});
}

TEST_CASE("a transaction reads its own writes, and others read them once it is committed") {
    CombinedPlace place;
    Database database = place.open();
    Database reader(place.file(), SQLITE_OPEN_READONLY, {});
    database.execute(table);
    database.execute("BEGIN");
    // More than the cache holds, so that pages reach the log before the commit, some of them repeatedly.
    database.execute(rows(1, 200, 'a'));
    CHECK(frames_of(place.file()) > 100);
    const std::string before = content(reader);
    CHECK(before == "0 ok");
    for (const char* change :
         {"UPDATE t SET text = replace(text, 'a', 'b') WHERE id % 3 = 0",
          "UPDATE t SET tag = 'tig ' || id WHERE id % 5 = 0", "DELETE FROM t WHERE id % 7 = 0"}) {
        database.execute(change);
        CHECK(content(reader) == before);
        CHECK(place.content_after_crash() == before);
    }
    const std::string after = content(database);
    CHECK(after.starts_with("172 "));
    database.execute("COMMIT");
    CHECK(content(reader) == after);
    CHECK(place.content_after_crash() == after);
    CHECK(disk::scan_log(place.file()).verdict == disk::WalReport::Verdict::clean);
}

TEST_CASE("a commit without a sync is still in the file for other connections") {
    CombinedPlace place;
    Database database = place.open();
    Database reader(place.file(), SQLITE_OPEN_READONLY, {});
    database.execute("PRAGMA synchronous=NORMAL");
    database.execute(table);
    database.execute(rows(1, 20, 'a'));
    CHECK(count(place.watched.take(), "log sync") == 1);  // of its header
    CHECK(content(reader) == content(database));
    CHECK(place.content_after_crash() == content(database));
}

TEST_CASE("a transaction that was rolled back is not written later") {
    CombinedPlace place;
    Database database = place.open();
    database.execute(table);
    database.execute("BEGIN");
    database.execute(rows(1, 30, 'a'));
    place.watched.take();
    database.execute("ROLLBACK");
    REQUIRE(checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE) == SQLITE_OK);
    CHECK(count(place.watched.take(), "log write") == 0);
}

TEST_CASE("SQLite's memory statistics stay off") {
    Database database(":memory:", create, {}, write_combining_vfs());
    database.execute(table);
    CHECK(sqlite3_memory_used() == 0);
}

TEST_CASE("with a version of SQLite that was not tested each write goes to the file at once") {
    CHECK_FALSE(combines_with(3'000'000));
    CombinedPlace place(false);
    Database database = place.open();
    database.execute(table);
    const auto before = frames_of(place.file());
    place.watched.take();
    database.execute(rows(1, 20, 'a'));
    const auto pages = frames_of(place.file()) - before;
    Calls calls = place.watched.take();
    CHECK(pages > 20);
    CHECK(count(calls, "log write") == 2 * pages);  // the head of each frame, and its page
    CHECK(count(calls, "log sync") == 1);
    CHECK(place.content_after_crash() == content(database));
    REQUIRE(checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE) == SQLITE_OK);
    calls = place.watched.take();
    CHECK(count(calls, "database write") > 20);
    CHECK(count(calls, "database write") == count(calls, "database write 4096 "));
    CHECK(content(database).starts_with("20 "));
}
