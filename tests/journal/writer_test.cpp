#include "journal/writer.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>
#include <future>

#include <sys/resource.h>

#include "journal/fixture.hpp"
#include "sqlite/sqlite.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::sqlite;

namespace {

// Lets every write beyond `bytes` of any file fail with EFBIG, as a full disk would with ENOSPC.
class FileSizeLimit {
public:
    explicit FileSizeLimit(std::uintmax_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

// Lets every write of SQLite fail with EIO. Create it while nothing is written.
class FailingWrites {
public:
    FailingWrites() { replace(&fail, &fail); }
    ~FailingWrites() { replace(nullptr, nullptr); }

private:
    static ssize_t fail(int, const void*, size_t, off_t) {
        errno = EIO;
        return -1;
    }
    // Null pointers restore the system's functions.
    static void replace(ssize_t (*narrow)(int, const void*, size_t, off_t),
                        ssize_t (*wide)(int, const void*, size_t, off_t)) {
        sqlite3_vfs* system = sqlite3_vfs_find("unix");
        system->xSetSystemCall(system, "pwrite", reinterpret_cast<sqlite3_syscall_ptr>(narrow));
        system->xSetSystemCall(system, "pwrite64", reinterpret_cast<sqlite3_syscall_ptr>(wide));
    }
};

}  // namespace

TEST_CASE("a disk failure ends the journal once, and events that were answered before are kept") {
    Place place;
    {
        const auto journal = place.open();
        const SinkNumber sink = journal->sink_number("events").value();
        REQUIRE(append(*journal, event_of("kept"), SinkSet{sink}));
        {
            const FailingWrites disk;
            CHECK(append(*journal, event_of("lost"), SinkSet{sink}).error() == Errc::journal_failed);
        }
        // This holds even after the disk works again: the outcome of the failed commit is unknown until a
        // restart.
        CHECK(append(*journal, event_of("later")).error() == Errc::journal_failed);
        CHECK(journal->settle(sink, {delivered(1)}).error() == Errc::journal_failed);
        CHECK_FALSE(journal->health().writable);
        CHECK(journal->health().reason.rfind("the journal's disk failed: disk I/O error: Input/output error",
                                             0) == 0);
    }
    CHECK(place.fatal.size() == 1);
    const auto journal = place.open();
    CHECK(journal->health().writable);
    CHECK(append(*journal, event_of("kept")).value().duplicate);
    CHECK(append(*journal, event_of("later")).value().sequence >= 2);
}

TEST_CASE("a limit on the file size is handled as a full disk: events are refused until it is lifted") {
    Place place;
    place.settings.ballast_bytes = 0;
    const auto journal = place.open();
    REQUIRE(append(*journal, event_of("kept")));
    {
        const FileSizeLimit limit(std::filesystem::file_size(place.file("journal.sqlite-wal")));
        CHECK(append(*journal, event_of("refused")).error() == Errc::journal_full);
        CHECK(says(journal->health().reason, "LimitFSIZE="));
    }
    CHECK(eventually([&] { return journal->health().writable; }));
    CHECK_FALSE(append(*journal, event_of("refused")).value().duplicate);
    CHECK(append(*journal, event_of("kept")).value().duplicate);
    CHECK(place.fatal.empty());
}

TEST_CASE("a new sink gets its number even without room for its row, which is written later") {
    Place place;
    {
        place.settings.ballast_bytes = 0;
        const auto journal = place.open();
        SinkNumber sink = 99;
        {
            const FileSizeLimit limit(0);
            sink = journal->sink_number("new").value();
        }
        CHECK(sink == journal->sink_number("new").value());
        CHECK(eventually([&] { return journal->health().writable; }));
        CHECK(append(*journal, event_of("a"), SinkSet{sink}));
        CHECK(due(*journal->open_reader(), sink) == Sequences{1});
    }
    const auto journal = place.open();
    CHECK(due(*journal->open_reader(), journal->sink_number("new").value()) == Sequences{1});
}

TEST_CASE(
    "a change that the disk refused is answered with an error, and is complete or absent after a restart") {
    Place place;
    {
        const auto journal = place.open();
        const SinkNumber sink = journal->sink_number("crm").value();
        for (const char* name : {"a", "b", "c"}) REQUIRE(append(*journal, event_of(name), SinkSet{sink}));
        REQUIRE(journal->settle(sink, {dead(1), delivered(2)}));
        {
            const FailingWrites disk;
            CHECK(journal->redeliver(sink, {1, 2}).error() == Errc::journal_failed);
        }
        CHECK(journal->discard(sink, {1}).error() == Errc::journal_failed);
        CHECK(journal->erase({3}, {}).error() == Errc::journal_failed);
        CHECK(journal->seal_erasure().error() == Errc::journal_failed);
        const auto reader = journal->open_reader();
        CHECK(due(*reader, sink) == Sequences{3});
        CHECK(reader->backlog(sink).value().dead == 1);
        CHECK(reader->backlog(sink).value().again == 0);
    }
    CHECK(place.fatal.size() == 1);
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    // The failed commit may have been written, and then completely.
    const auto again = reader->backlog(0).value().again;
    CHECK((again == 0 || again == 2));
    CHECK(reader->backlog(0).value().dead == (again == 0 ? 1 : 0));
    CHECK(journal->redeliver(0, {1, 2}).value() == 2 - again);
    CHECK(due(*reader, 0) == Sequences{3, 1, 2});
}

TEST_CASE("sealing an erasure waits for readers of the log, and events are committed meanwhile") {
    Place place;
    const auto journal = place.open();
    REQUIRE(append(*journal, event_of("a")));
    Database other(place.file(), SQLITE_OPEN_READONLY, {});
    Statement read(other, "SELECT first FROM lines");
    std::future<Result<Sealed>> sealed;
    {
        Rows rows = read.run();
        REQUIRE(rows.next());
        REQUIRE(append(*journal, event_of("b")));
        sealed = std::async(std::launch::async, [&] { return journal->seal_erasure(); });
        for (int at = 0; at < 20; ++at) CHECK(append(*journal, event_of(std::to_string(at))));
        CHECK(sealed.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
        CHECK(std::filesystem::file_size(place.file("journal.sqlite-wal")) > 0);
    }
    CHECK(sealed.get().has_value());
    CHECK(journal->health().writable);
}

TEST_CASE("appends time out while another program locks the database, and succeed afterwards") {
    Place place;
    place.settings.commit_timeout = std::chrono::milliseconds(500);
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    REQUIRE(append(*journal, event_of("before")));
    Database other(place.file(), SQLITE_OPEN_READWRITE, std::chrono::seconds(5));
    sqlite3_db_config(other.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, static_cast<int*>(nullptr));
    other.execute("BEGIN IMMEDIATE");
    CHECK(append(*journal, event_of("during")).error() == Errc::commit_timeout);
    CHECK(eventually([&] { return !journal->health().writable; }));
    CHECK(found(*reader) == Sequences{1});
    other.execute("ROLLBACK");
    // The event was being committed and is kept: if it is sent again, it is a duplicate.
    CHECK(eventually([&] { return journal->health().writable; }));
    CHECK(append(*journal, event_of("during")).value().sequence == 2);
    CHECK(append(*journal, event_of("after")).value().sequence == 3);
    CHECK(place.fatal.empty());
}

TEST_CASE("recording refused requests on demand waits while another program holds the lock") {
    Place place;
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    Database other(place.file(), SQLITE_OPEN_READWRITE, std::chrono::seconds(5));
    sqlite3_db_config(other.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, static_cast<int*>(nullptr));
    other.execute("BEGIN IMMEDIATE");
    journal->reject({});
    CHECK(journal->record_rejections_within(std::chrono::seconds(30)).error() == Errc::journal_failed);
    CHECK(place.fatal.empty());
    other.execute("ROLLBACK");
    CHECK(journal->record_rejections_within(std::chrono::seconds(30)));
    CHECK(reader->rejections({})->size() == 1);
}

TEST_CASE("a journal can be stopped while another program holds the lock") {
    Place place;
    place.settings.commit_timeout = std::chrono::milliseconds(500);
    const auto journal = place.open();
    Database other(place.file(), SQLITE_OPEN_READWRITE, std::chrono::seconds(5));
    sqlite3_db_config(other.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, static_cast<int*>(nullptr));
    other.execute("BEGIN IMMEDIATE");
    CHECK(append(*journal, event_of("during")).error() == Errc::commit_timeout);
    const auto started = std::chrono::steady_clock::now();
    journal->stop();
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(20));
    other.execute("ROLLBACK");
}

TEST_CASE("the log is emptied about every mebibyte, even while events come without a pause") {
    Place place;
    place.settings.commit_timeout = std::chrono::minutes(2);
    const auto journal = place.open();
    const SinkNumber sink = journal->sink_number("events").value();
    const auto reader = journal->open_reader();
    // All are queued at once, so that the writer has no idle moment before the last one.
    std::vector<Event> events;
    for (int at = 0; at < 8000; ++at) {
        events.push_back(event_of(std::to_string(at)));
        events.back().raw = std::string(1 << 10, 'x');
    }
    append_all(*journal, std::move(events), SinkSet{sink});
    CHECK(std::filesystem::file_size(place.file("journal.sqlite-wal")) > (1u << 20));
    CHECK(std::filesystem::file_size(place.file("journal.sqlite-wal")) <
          (2u << 20));  // although more than 8 MiB were written
    CHECK(reader->backlog(sink).value().events == 8000);
}

TEST_CASE("a log that grew because of a reader is truncated later") {
    Place place;
    place.settings.commit_timeout =
        std::chrono::minutes(2);  // a slow disk may take longer than the usual timeout
    const auto journal = place.open();
    std::vector<Event> events;
    for (int at = 0; at < 300; ++at) {
        events.push_back(event_of(std::to_string(at)));
        events.back().raw = std::string(64 << 10, 'x');
    }
    {
        REQUIRE(append(*journal, event_of("first")));
        Database other(place.file(), SQLITE_OPEN_READONLY, {});
        Statement read(other, "SELECT first FROM lines");
        Rows rows = read.run();
        REQUIRE(rows.next());
        append_all(*journal, std::move(events));
        CHECK(std::filesystem::file_size(place.file("journal.sqlite-wal")) > (18u << 20));
    }
    const auto size = [&] { return std::filesystem::file_size(place.file("journal.sqlite-wal")); };
    int later = 1000;
    CHECK(eventually([&] {
        CHECK(append(*journal, event_of(std::to_string(later++))));
        return size() <= (16u << 20);
    }));
    journal->stop();
    CHECK(size() == 0);
}
