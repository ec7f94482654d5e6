#include "sqlite/sqlite.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <limits>
#include <string>

#include "support/temp_directory.hpp"

using namespace chathook::sqlite;

namespace {

constexpr int new_file = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

SqliteError::Kind kind_of(Database& database, const std::string& sql) {
    try {
        database.execute(sql);
    } catch (const SqliteError& error) {
        return error.kind();
    }
    FAIL("no error");
    return {};
}

}  // namespace

TEST_CASE("values bound to a statement are read back from its rows") {
    const chathook::test::TempDirectory directory;
    Database database(directory.path() / "file", new_file, {});
    database.execute("CREATE TABLE t(a INTEGER, b TEXT, c BLOB, d BLOB)");
    Statement insert(database, "INSERT INTO t VALUES(?1, ?2, ?3, ?4)");
    const std::string blob("\0\xff", 2);
    insert.execute(std::numeric_limits<std::uint64_t>::max(), std::string_view(), Blob{blob}, Blob{});
    insert.execute(-1, "text", Blob{"x"}, Blob{"y"});

    Statement select(database, "SELECT a, b, c, d, b IS NULL, d IS NULL FROM t ORDER BY rowid");
    Rows rows = select.run();
    REQUIRE(rows.next());
    CHECK(rows.number(0) == std::numeric_limits<std::uint64_t>::max());
    CHECK(rows.bytes(1).empty());
    CHECK(rows.bytes(2) == blob);
    CHECK(rows.integer(4) == 0);
    CHECK(rows.integer(5) == 1);
    REQUIRE(rows.next());
    CHECK(rows.integer(0) == -1);
    CHECK(rows.bytes(1) == "text");
    CHECK_FALSE(rows.next());
}

TEST_CASE("a run that is ended early ends its transaction") {
    const chathook::test::TempDirectory directory;
    Database database(directory.path() / "file", new_file, {});
    database.execute("CREATE TABLE t(a); INSERT INTO t VALUES(1), (2)");
    Statement select(database, "SELECT a FROM t");
    {
        Rows rows = select.run();
        REQUIRE(rows.next());
        CHECK(sqlite3_txn_state(database.handle(), nullptr) == SQLITE_TXN_READ);
    }
    CHECK(sqlite3_txn_state(database.handle(), nullptr) == SQLITE_TXN_NONE);
}

TEST_CASE("errors are classified by what can be done about them") {
    const chathook::test::TempDirectory directory;
    Database database(directory.path() / "file", new_file, {});
    database.execute("CREATE TABLE t(a)");
    SECTION("another program holds the lock: busy") {
        Database other(directory.path() / "file", new_file, {});
        other.execute("BEGIN IMMEDIATE");
        CHECK(kind_of(database, "BEGIN IMMEDIATE") == SqliteError::Kind::busy);
    }
    SECTION("the quota is used up: full") {
        database.value_of("PRAGMA max_page_count=2");
        CHECK(kind_of(database, "INSERT INTO t VALUES(zeroblob(100000))") == SqliteError::Kind::full);
    }
    SECTION("anything else: failed") {
        CHECK(kind_of(database, "SELECT * FROM nowhere") == SqliteError::Kind::failed);
    }
}

TEST_CASE("a running statement ends soon after its interruption is due") {
    const chathook::test::TempDirectory directory;
    Database database(directory.path() / "file", new_file, {});
    std::atomic<bool> due = false;
    database.interrupt_when(due);
    // A query that never ends: it returns its first row and then searches for ever.
    Statement endless(database,
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                      "SELECT i FROM n WHERE i = 1 OR i < 0");
    Rows rows = endless.run();
    REQUIRE(rows.next());
    due = true;
    int code = SQLITE_OK;
    try {
        rows.next();
    } catch (const SqliteError& error) {
        code = error.code();
    }
    CHECK(code == SQLITE_INTERRUPT);
}
