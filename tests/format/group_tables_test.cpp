#include "format/group_tables.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <random>

#include "disk/files.hpp"
#include "journal/fixture.hpp"
#include "store/schema.hpp"
#include "store/store.hpp"

using namespace chathook;
using namespace chathook::disk;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;

namespace {

// Stores the same rows in groups and in plain tables, which SQLite reads by itself.
struct Both {
    Both() {
        Store store(database, std::chrono::hours(1));
        store.begin();
        for (const char* name : {"crm", "archive"}) store.sink_number(name);
        store.commit();
        std::mt19937 chance(11);
        int name = 0;
        for (int group = 0; group < 12; ++group) {
            store.begin();
            for (auto left = 1 + chance() % 6; left > 0; --left) {
                Event event = event_of(std::to_string(++name));
                if (name % 3 == 0) event.raw = "raw";
                const SinkSet any[]{{}, {0}, {1}, {0, 1}};
                store.append(event, any[chance() % 4]);
            }
            store.commit();
        }
        store.begin();
        for (SinkNumber sink : {0, 1}) {
            std::vector<Settlement> all;
            for (std::uint64_t at = 1; at <= store.counts().newest; ++at) all.push_back(delivered(at));
            store.settle(sink, all, recently);
        }
        store.commit();
        std::vector<std::uint64_t> gone;
        for (std::uint64_t sequence = 1; sequence <= store.counts().newest; ++sequence) {
            if (chance() % 3 == 0 || (sequence > 8 && sequence < 14)) gone.push_back(sequence);
        }
        store.begin();
        store.forget(gone, recently + std::chrono::hours(2));
        store.commit();
        newest = static_cast<int>(store.counts().newest);
        database.execute(
            "CREATE TABLE plain_ledger(seq INTEGER PRIMARY KEY, received, routed, key); "
            "CREATE TABLE plain_events(seq INTEGER PRIMARY KEY, checksum, original_at, original_size, "
            "source, vendor, "
            "type, vendor_type, id, json, raw); "
            "INSERT INTO plain_ledger SELECT seq, received, routed, key FROM ledger; "
            "INSERT INTO plain_events SELECT * FROM events");
    }

    // All rows and columns of the statement's result, with `%` replaced by "" or "plain_".
    std::string answer(std::string sql, const std::string& prefix, std::int64_t a, std::int64_t b) {
        for (auto at = sql.find('%'); at != std::string::npos; at = sql.find('%')) sql.replace(at, 1, prefix);
        Statement statement(database, sql);
        std::string all;
        for (Rows rows = statement.run(a, b); rows.next();) {
            for (int column = 0; column < 3; ++column) all += std::string(rows.bytes(column)) + "|";
        }
        return all;
    }

    TempDirectory directory;
    Database database = open_for_writing(disk::DirectoryLock(directory.path()).database_file());
    int newest = 0;
};

}  // namespace

TEST_CASE("every query for events and lines returns what plain tables would") {
    Both both;
    REQUIRE(both.newest > 20);
    const char* const sql = GENERATE(  //
        "SELECT seq, key, routed FROM %ledger WHERE seq > ?1 AND seq <= ?2 ORDER BY seq",
        "SELECT seq, key, routed FROM %ledger WHERE seq >= ?1 AND seq < ?2 ORDER BY seq DESC",
        "SELECT seq, json, raw FROM %events WHERE seq > ?1 AND seq < ?2 ORDER BY seq",
        "SELECT seq, json, raw FROM %events WHERE seq >= ?1 AND seq <= ?2 ORDER BY seq DESC",
        "SELECT seq, json, id FROM %events WHERE seq = ?1 + 0 * ?2",
        "SELECT seq, json, id FROM %events WHERE seq = ?1 AND seq > ?2",
        "SELECT seq, json, id FROM %events WHERE seq < ?2 ORDER BY seq DESC LIMIT 3 + 0 * ?1",
        "SELECT e.seq, l.key, e.checksum FROM %ledger l CROSS JOIN %events e ON e.seq = l.seq "
        "WHERE l.seq > ?1 AND l.seq < ?2 ORDER BY l.seq",
        "SELECT l.seq, e.seq IS NOT NULL, 0 FROM %ledger l LEFT JOIN %events e ON e.seq = l.seq "
        "WHERE l.seq > ?1 AND l.seq < ?2 ORDER BY l.seq",
        "SELECT e.seq, l.received, e.type FROM %events e CROSS JOIN %ledger l ON l.seq = e.seq "
        "WHERE e.seq > ?1 AND e.seq < ?2 ORDER BY e.seq DESC",
        "SELECT count(*), min(seq), max(seq) FROM %events WHERE seq BETWEEN ?1 AND ?2",
        "SELECT seq, original_at, original_size FROM %events WHERE seq IN (?1, ?2, 3) ORDER BY seq");
    CAPTURE(sql);
    for (std::int64_t a = -1; a <= both.newest + 1; ++a) {
        for (std::int64_t b = -1; b <= both.newest + 1; b += 3) {
            CAPTURE(a, b);
            REQUIRE(both.answer(sql, "", a, b) == both.answer(sql, "plain_", a, b));
        }
    }
}

TEST_CASE("no event meets a limit that is NULL") {
    Both both;
    CHECK(both.database.value_of("SELECT count(*) FROM ledger WHERE seq > NULL") == "0");
    CHECK(both.database.value_of("SELECT count(*) FROM events WHERE seq = NULL") == "0");
}

TEST_CASE("limits at the ends of the integers are met by all events or by none") {
    Both both;
    const auto counted = [&](const std::string& limit) {
        return both.database.value_of("SELECT count(*) FROM ledger WHERE seq " + limit);
    };
    const std::string all = counted("> 0");
    REQUIRE(all != "0");
    CHECK(counted("> 9223372036854775807") == "0");
    CHECK(counted("<= 9223372036854775807") == all);
    CHECK(counted(">= 9223372036854775807") == "0");
    CHECK(counted("< -9223372036854775807 - 1") == "0");
    CHECK(counted("> -9223372036854775807 - 1") == all);
    CHECK(counted(">= -9223372036854775807 - 1") == all);
}

TEST_CASE("the tables of events are for reading only") {
    Both both;
    CHECK_THROWS_AS(both.database.execute("DELETE FROM events"), SqliteError);
    CHECK_THROWS_AS(both.database.execute("UPDATE ledger SET routed = 0"), SqliteError);
}

TEST_CASE("a scan that is abandoned keeps no read of the database open") {
    Both both;
    Statement all(both.database, "SELECT seq FROM events ORDER BY seq");
    {
        Rows rows = all.run();
        REQUIRE(rows.next());
    }
    CHECK(sqlite3_next_stmt(both.database.handle(), nullptr) != nullptr);
    for (sqlite3_stmt* statement = sqlite3_next_stmt(both.database.handle(), nullptr); statement != nullptr;
         statement = sqlite3_next_stmt(both.database.handle(), statement)) {
        CHECK(sqlite3_stmt_busy(statement) == 0);
    }
}

TEST_CASE("groups that are out of order in a damaged page are an error, not an endless loop") {
    const TempDirectory directory;
    const std::filesystem::path file = disk::DirectoryLock(directory.path()).database_file();
    {
        Database database = open_for_writing(file);
        Store store(database, std::chrono::hours(1));
        for (const char* name : {"a", "b", "c"}) {
            store.begin();
            store.append(event_of(name), {});
            store.commit();
        }
    }
    // A row of `lines` on its page: 40 bytes, its sequence 3, and how long its columns are.
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    const std::string all(std::istreambuf_iterator<char>(bytes), {});
    const std::size_t third = all.find(std::string("\x28\x03\x03\x00\x56", 5));
    REQUIRE(third != std::string::npos);
    bytes.seekp(static_cast<std::streamoff>(third + 1)).put('\x01');
    bytes.close();

    Database database = open_for_reading(file);
    CHECK_THROWS_WITH(database.value_of("SELECT count(*) FROM ledger"), Catch::Contains("malformed"));
    CHECK_THROWS_WITH(
        database.value_of("SELECT group_concat(seq) FROM ledger WHERE seq > 0 ORDER BY seq DESC"),
        Catch::Contains("malformed"));
}
