#include "sqlite/write_combining.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include "sqlite/combined_place.hpp"

using namespace chathook;
using namespace chathook::disk;
using namespace chathook::sqlite;
using namespace chathook::sqlite::test;

TEST_CASE("a commit without room fails with SQLITE_FULL, and is never written later") {
    CombinedPlace place;
    Database database = place.open();
    database.execute(table);
    database.execute(rows(1, 5, 'a'));
    place.watched.take();
    place.watched.judge = [](const WatchedFiles::Call&) { return SQLITE_FULL; };
    CHECK(code_of(database, rows(6, 8, 'b')) == SQLITE_FULL);
    CHECK(place.watched.take().size() == 1);  // no sync
    place.watched.judge = nullptr;
    CHECK(content(database).starts_with("5 "));
    REQUIRE(checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE) == SQLITE_OK);
    CHECK(count(place.watched.take(), "log write") == 0);
    database.execute(rows(6, 8, 'c'));
    CHECK(place.content_after_crash() == content(database));
}

TEST_CASE("held bytes of the log can be read, and after a failed write nothing is read or synced") {
    CombinedPlace place;
    Database database = place.open();
    database.execute(table);
    sqlite3_file* log = nullptr;
    sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    REQUIRE(log != nullptr);
    REQUIRE(log->pMethods->xTruncate(log, 5 << 20) == SQLITE_OK);  // so that no write below leaves a hole
    database.execute("BEGIN IMMEDIATE");
    std::string bytes(3, ' ');
    sqlite3_int64 size = 0;
    const auto write = [&](const char* text, sqlite3_int64 at) {
        return log->pMethods->xWrite(log, text, 4, at);
    };
    const auto read = [&](sqlite3_int64 at) { return log->pMethods->xRead(log, bytes.data(), 3, at); };
    CHECK(write("abcd", 1 << 20) == SQLITE_OK);
    CHECK(write("efgh", (1 << 20) + 4) == SQLITE_OK);
    CHECK(count(place.watched.take(), "log write 8") == 0);
    CHECK(read((1 << 20) + 3) == SQLITE_OK);
    CHECK(bytes == "def");
    CHECK(count(place.watched.take(), "log write 8") == 1);
    CHECK(write("ijkl", (5 << 20) - 2) == SQLITE_OK);
    CHECK(log->pMethods->xFileSize(log, &size) == SQLITE_OK);
    CHECK(size == (5 << 20) + 2);

    CHECK(write("hole", 6 << 20) == SQLITE_IOERR_CORRUPTFS);
    CHECK(write("ijkl", 2 << 20) == SQLITE_IOERR_CORRUPTFS);
    database.execute("ROLLBACK");
    database.execute("BEGIN IMMEDIATE");

    // This is written only because the next write goes elsewhere, which therefore fails.
    CHECK(write("mnop", 3 << 20) == SQLITE_OK);
    place.watched.judge = [](const WatchedFiles::Call&) { return SQLITE_FULL; };
    CHECK(write("qrst", 4 << 20) == SQLITE_FULL);
    place.watched.judge = nullptr;
    place.watched.take();
    CHECK(write("uvwx", 4 << 20) == SQLITE_FULL);
    CHECK(read(1 << 20) == SQLITE_FULL);
    CHECK(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) == SQLITE_FULL);
    CHECK(log->pMethods->xFileSize(log, &size) == SQLITE_FULL);
    CHECK(log->pMethods->xTruncate(log, 0) == SQLITE_FULL);
    CHECK(place.watched.take().empty());
    database.execute("ROLLBACK");
    CHECK(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) == SQLITE_OK);
    CHECK(place.watched.take() == Calls{"log sync"});
}

TEST_CASE(
    "a failed write at a commit is reported as the disk's failure, and the log is not synced after it") {
    CombinedPlace place;
    Database database = place.open();
    database.execute(table);
    place.watched.take();
    place.watched.judge = [](const WatchedFiles::Call&) { return SQLITE_IOERR_WRITE; };
    CHECK(code_of(database, rows(1, 3, 'a')) == SQLITE_IOERR_WRITE);
    CHECK(count(place.watched.take(), "log sync") == 0);
}

TEST_CASE("a truncated log accepts no commit, and its zeros do not get into the database") {
    for (const bool to_nothing : {true, false}) {
        CAPTURE(to_nothing);
        CombinedPlace place;
        Database database = place.open();
        database.execute(table);
        REQUIRE(checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE) == SQLITE_OK);
        database.execute(rows(1, 100, 'a'));
        const std::filesystem::path log = place.file().string() + "-wal";
        std::filesystem::resize_file(log, to_nothing ? 0 : std::filesystem::file_size(log) - page_bytes);
        CHECK(code_of(database, rows(101, 102, 'b')) != SQLITE_OK);
        CHECK(checkpoint(database, SQLITE_CHECKPOINT_PASSIVE) != SQLITE_OK);
        CHECK(checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE) != SQLITE_OK);
        CHECK(place.content_after_crash().ends_with("ok"));
    }
}

TEST_CASE("a checkpoint that cannot write a page fails, and the page stays in the log") {
    CombinedPlace place;
    Database database = place.open();
    database.execute(table);
    database.execute(rows(1, 100, 'a'));
    for (const int mode : {SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_TRUNCATE}) {
        for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
            for (int bad = 1; bad <= 4; ++bad) {
                int writes = 0;
                place.watched.judge = [&](const WatchedFiles::Call& call) {
                    return call.what == "database write" && ++writes == bad ? code : SQLITE_OK;
                };
                place.watched.take();
                CHECK(checkpoint(database, mode) == code);
                CHECK(writes == bad);
                CHECK(count(place.watched.take(), "database sync") == 0);
                CHECK(place.content_after_crash() == content(database));
            }
        }
    }
    place.watched.judge = nullptr;
    CHECK(checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE) == SQLITE_OK);
    CHECK(content(database).starts_with("100 "));
    CHECK(place.content_after_crash() == content(database));
}

TEST_CASE("a commit of another program during a checkpoint is not lost") {
    CombinedPlace place;
    Database database = place.open();
    Database other(place.file(), SQLITE_OPEN_READWRITE, {});
    database.execute(table);
    database.execute(rows(1, 60, 'a'));
    int writes = 0;
    place.watched.judge = [&](const WatchedFiles::Call& call) {
        if (call.what == "database write" && ++writes == 1) other.execute(rows(61, 62, 'b'));
        return SQLITE_OK;
    };
    CHECK(checkpoint(database, SQLITE_CHECKPOINT_PASSIVE) == SQLITE_OK);
    CHECK(writes == 3);
    Database fresh(place.file(), SQLITE_OPEN_READONLY, {});
    CHECK(content(fresh).starts_with("62 "));
    CHECK(content(fresh).ends_with("ok"));

    // If the disk fails at that moment, SQLite believes that pages were moved that were not: nothing may
    // continue.
    database.execute("UPDATE t SET text = replace(text, 'a', 'c')");
    writes = 0;
    place.watched.judge = [&](const WatchedFiles::Call& call) {
        if (call.what == "database write" && ++writes == 1) other.execute(rows(63, 64, 'b'));
        return call.what == "database write" && writes == 3 ? SQLITE_FULL : SQLITE_OK;
    };
    CHECK(checkpoint(database, SQLITE_CHECKPOINT_PASSIVE) == SQLITE_OK);
    place.watched.judge = nullptr;
    CHECK(checkpoint(database, SQLITE_CHECKPOINT_PASSIVE) == SQLITE_IOERR_WRITE);
    CHECK(checkpoint(database, SQLITE_CHECKPOINT_PASSIVE) == SQLITE_IOERR_WRITE);
    CHECK(place.content_after_crash().starts_with("64 "));
    CHECK(place.content_after_crash().ends_with("ok"));
}

namespace {

// Runs transactions and checkpoints, and the same on a twin in memory, while a write fails.
class Life {
public:
    Life() {
        place_.watched.syncs = false;
        database_.execute(table);
        twin_.execute(table);
    }

    // Write number `failing` fails, or that and all after it. Returns the number of writes.
    int live(int failing, int code, bool for_good) {
        int writes = 0;
        place_.watched.judge = [&, failing, code, for_good](const WatchedFiles::Call& call) {
            if (!call.what.ends_with("write")) return SQLITE_OK;
            ++writes;
            const bool fails = writes == failing || (for_good && writes > failing);
            unchecked_ = unchecked_ || fails;
            return fails ? code : SQLITE_OK;
        };
        code_ = code;
        steps();
        place_.watched.judge = nullptr;
        transact({rows(900, 901, 'z')});
        CHECK(checkpoint(database_, SQLITE_CHECKPOINT_TRUNCATE) == SQLITE_OK);
        unchecked_ = true;
        check();
        return writes;
    }

    void tear() { place_.watched.tear = true; }

private:
    void steps() {
        transact({rows(1, 40, 'a')});
        move(SQLITE_CHECKPOINT_PASSIVE);
        transact({rows(61, 64, 'b'), "UPDATE t SET tag = 'tog ' || id WHERE id % 3 = 0", "SAVEPOINT s",
                  "UPDATE t SET text = replace(text, 'a', 'c')", "ROLLBACK TO s",
                  "UPDATE t SET tag = 'tig ' || id WHERE id % 5 = 0", "DELETE FROM t WHERE id % 11 = 0"});
        reader_.execute("BEGIN; SELECT count(*) FROM t");
        transact({rows(101, 106, 'd')});
        move(SQLITE_CHECKPOINT_PASSIVE);
        reader_.execute("COMMIT");
        check();
        transact({"UPDATE t SET text = replace(text, 'd', 'e')"}, "ROLLBACK");
        move(SQLITE_CHECKPOINT_PASSIVE);
        transact({"UPDATE t SET text = replace(text, 'b', 'f')"});
        move(SQLITE_CHECKPOINT_TRUNCATE);
        transact({"DELETE FROM t WHERE id % 4 = 0", rows(200, 204, 'g')});
    }

    bool runs(const std::string& sql) {
        const int code = code_of(database_, sql);
        if (code != SQLITE_OK) CHECK(code == code_);
        return code == SQLITE_OK;
    }

    // Continues after a failed statement if SQLite does: then all the others must take effect.
    void transact(const std::vector<std::string>& statements, const std::string& end = "COMMIT") {
        if (!runs("BEGIN IMMEDIATE")) return;
        twin_.execute("BEGIN");
        for (const std::string& sql : statements) {
            if (database_.in_transaction() && runs(sql)) twin_.execute(sql);
        }
        if (!database_.in_transaction() || !runs(end)) {
            if (database_.in_transaction()) database_.execute("ROLLBACK");
            twin_.execute("ROLLBACK");
        } else {
            twin_.execute(end);
        }
        check();
    }

    void move(int mode) {
        const int code = checkpoint(database_, mode);
        if (code != SQLITE_OK) CHECK(code == code_);
        check();
    }

    // Compares with the twin after a failure.
    void check() {
        if (!std::exchange(unchecked_, false)) return;
        const std::string expected = content(twin_);
        REQUIRE(content(database_) == expected);
        if (sqlite3_txn_state(reader_.handle(), nullptr) == SQLITE_TXN_NONE)
            REQUIRE(content(reader_) == expected);
        REQUIRE(place_.content_after_crash() == expected);
    }

    CombinedPlace place_;
    Database database_ = place_.open();
    Database reader_{place_.file(), SQLITE_OPEN_READONLY, {}};
    Database twin_{":memory:", create, {}};
    int code_ = SQLITE_OK;
    bool unchecked_ = false;
};

}  // namespace

TEST_CASE("whichever write fails, committed transactions are complete and others leave no trace") {
    const int writes = Life().live(0, SQLITE_OK, false);
    CHECK(writes > 20);
    struct Failure {
        int code;
        bool for_good, torn;
    };
    for (const Failure& failure :
         {Failure{SQLITE_FULL, false, false}, Failure{SQLITE_FULL, true, false},
          Failure{SQLITE_FULL, false, true}, Failure{SQLITE_IOERR_WRITE, false, true}}) {
        const int step = failure.code == SQLITE_FULL && !failure.for_good && !failure.torn ? 1 : 5;
        for (int failing = 1; failing <= writes; failing += step) {
            CAPTURE(failure.code, failure.for_good, failure.torn, failing);
            Life life;
            if (failure.torn) life.tear();
            life.live(failing, failure.code, failure.for_good);
        }
    }
}
