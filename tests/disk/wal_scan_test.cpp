#include "disk/wal_scan.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <random>

#include "journal/fixture.hpp"
#include "sqlite/sqlite.hpp"

using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::disk;
using namespace chathook::sqlite;
using Verdict = WalReport::Verdict;

namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t frame = page + 24;

// A real log of SQLite's, with one commit for each row; emptied and restarted `rounds` times before.
struct Log {
    explicit Log(int rows = 20, int rounds = 0) : database(directory.path() / "db", flags, {}) {
        for (const char* sql : {"PRAGMA page_size=4096", "PRAGMA journal_mode=wal",
                                "PRAGMA wal_autocheckpoint=0", "CREATE TABLE t(x)"}) {
            database.value_of(sql);
        }
        for (; rounds > 0; --rounds) {
            insert(3 * rows);
            database.value_of("PRAGMA wal_checkpoint(RESTART)");
        }
        insert(rows);
        bytes = content_of(directory.path() / "db-wal");
    }
    void insert(int rows) {
        for (int row = 0; row < rows; ++row) database.execute("INSERT INTO t VALUES(hex(randomblob(1500)))");
    }
    static constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    chathook::test::TempDirectory directory;
    Database database;
    std::string bytes;

    // The number of rows that SQLite finds when it opens the database with this log.
    std::size_t rows_with(const std::string& log) const {
        chathook::test::TempDirectory other;
        std::filesystem::copy_file(directory.path() / "db", other.path() / "db");
        std::ofstream(other.path() / "db-wal", std::ios::binary) << log;
        Database opened(other.path() / "db", SQLITE_OPEN_READWRITE, {});
        const bool empty = opened.value_of("SELECT count(*) FROM sqlite_schema") == "0";
        return empty ? 0 : std::stoul(opened.value_of("SELECT count(*) FROM t"));
    }
};

WalReport scan(const std::string& bytes) {
    WalScan scan(std::string_view(bytes).substr(0, WalScan::header_bytes), page);
    std::size_t at = WalScan::header_bytes;
    for (; at + scan.frame_bytes() <= bytes.size(); at += scan.frame_bytes()) {
        scan.add(std::string_view(bytes).substr(at, scan.frame_bytes()));
    }
    return scan.finish(bytes.size() - at);
}

std::string flipped(std::string bytes, std::size_t at, int bit = 3) {
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
    return bytes;
}

// The offset of frame number `number`, counted from 0.
std::size_t start_of(std::size_t number) { return WalScan::header_bytes + number * frame; }

}  // namespace

TEST_CASE("an intact log is clean, and stale frames behind the last commit are ignored") {
    const Log log(20);
    CHECK(scan(log.bytes).verdict == Verdict::clean);
    CHECK(scan(log.bytes).commits == 21);
    CHECK(scan(log.bytes).frames == (log.bytes.size() - WalScan::header_bytes) / frame);
    const Log again(5, 3);
    CHECK(scan(again.bytes).verdict == Verdict::clean);
    CHECK(scan(again.bytes).commits == 5);
    CHECK(scan(again.bytes.substr(0, WalScan::header_bytes)).commits == 0);
}

TEST_CASE("a log cut off at any place within its last transaction is torn, never damaged") {
    const Log log(20);
    const std::size_t whole = scan(log.bytes.substr(0, log.bytes.size() - frame)).frames;
    std::mt19937 random(20);
    for (int time = 0; time < 200; ++time) {
        const std::size_t from = start_of(whole) + 1;
        const std::size_t size = from + random() % (log.bytes.size() - from);
        const WalReport report = scan(log.bytes.substr(0, size));
        CAPTURE(size);
        REQUIRE(report.verdict == Verdict::torn_tail);
        REQUIRE(report.commits == 20);
    }
}

TEST_CASE("any bit flipped before the last transaction is damage") {
    const Log log(20, GENERATE(0, 1));
    const WalReport whole = scan(log.bytes);
    const std::size_t before_last = scan(log.bytes.substr(0, start_of(whole.frames - 1))).frames;
    std::mt19937 random(21);
    for (int time = 0; time < 300; ++time) {
        // A third each in the frame headers and the log's header, where the fields differ in kind.
        std::size_t at = random() % start_of(before_last);
        if (time % 3 == 1) at = start_of(random() % before_last) + random() % 24;
        if (time % 3 == 2) at = random() % WalScan::header_bytes;
        const std::string bytes = flipped(log.bytes, at, static_cast<int>(random() % 8));
        const WalReport report = scan(bytes);
        CAPTURE(at, start_of(before_last));
        REQUIRE(report.verdict == Verdict::damaged);
        REQUIRE(report.commits_lost > 0);
        REQUIRE(report.commits < whole.commits);
    }
}

TEST_CASE("the scan reports exactly the commits that SQLite then reads") {
    const Log log(20);
    for (const std::size_t at : {std::size_t{12}, start_of(3) + 9, start_of(7) + 100, start_of(12) + 20}) {
        const WalReport report = scan(flipped(log.bytes, at));
        CAPTURE(at);
        // The first commit created the table.
        CHECK(log.rows_with(flipped(log.bytes, at)) == (report.commits == 0 ? 0 : report.commits - 1));
    }
}

TEST_CASE("writes that a power cut kept out of order are a torn tail") {
    const Log log(20);
    const std::size_t last = scan(log.bytes).frames - 1;
    const std::size_t kept = scan(log.bytes.substr(0, start_of(last))).frames;
    REQUIRE(last > kept);
    // The commit frame of the last, unanswered transaction is there, and its first frame is not.
    std::string bytes = log.bytes;
    bytes.replace(start_of(kept), frame, frame, '\0');
    const WalReport report = scan(bytes);
    CHECK(report.verdict == Verdict::torn_tail);
    CHECK(report.whole_transaction_dropped);
    CHECK(report.commits == 20);
    CHECK(report.commits_lost == 0);
}

TEST_CASE("frames left by a longer transaction that was rolled back are not damage") {
    Log log(5);
    // Large enough to spill into the log before the rollback; the next commit overwrites its beginning.
    log.database.execute("PRAGMA cache_size=5");
    log.database.execute("BEGIN");
    log.insert(60);
    log.database.execute("ROLLBACK");
    log.insert(1);
    const std::string bytes = content_of(log.directory.path() / "db-wal");
    REQUIRE(bytes.size() > log.bytes.size() + 20 * frame);
    const WalReport report = scan(bytes);
    CHECK(report.verdict != Verdict::damaged);
    CHECK(report.commits == 7);
}
