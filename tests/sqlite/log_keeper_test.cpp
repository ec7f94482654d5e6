#include "sqlite/log_keeper.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

#include "disk/recovery.hpp"
#include "store/opened.hpp"

using namespace chathook;
using namespace chathook::journal::test;
using namespace chathook::sqlite;
using namespace chathook::store;
using namespace chathook::store::test;

namespace {

struct Kept : Opened {
    void append(std::size_t bytes) {
        commit([&] {
            Event event = event_of(std::to_string(++appended));
            event.raw = std::string(bytes, 'x');
            store.append(event, {});
        });
    }
    std::uint64_t log_bytes() const {
        return std::filesystem::file_size(disk::log_of(directory.path() / "journal.sqlite"));
    }

    int appended = 0;
    LogKeeper log{database, false, writer_busy_timeout};
};

}  // namespace

TEST_CASE("a log is checkpointed once it exceeds a mebibyte, and then there is nothing to do") {
    Kept on;
    on.append(512 << 10);
    CHECK_FALSE(on.log.tidy());
    on.append(768 << 10);
    CHECK(on.log.tidy());
    CHECK_FALSE(on.log.tidy());
}

TEST_CASE("truncate() leaves an empty log file, unless a reader is in the way") {
    Kept on;
    on.append(1000);
    {
        Database other(on.directory.path() / "journal.sqlite", SQLITE_OPEN_READONLY, {});
        Statement read(other, "SELECT first FROM lines");
        Rows rows = read.run();
        REQUIRE(rows.next());
        on.append(1000);
        CHECK_FALSE(on.log.truncate());
        CHECK(on.log_bytes() > 0);
    }
    CHECK(on.log.truncate());
    CHECK(on.log_bytes() == 0);
}

TEST_CASE("after a transaction found no room, the log's file is truncated by the next look()") {
    Kept on;
    on.append(1000);
    on.log.look();
    CHECK(on.log_bytes() > 0);
    on.log.ran_out_of_room();
    on.log.look();
    CHECK(on.log_bytes() == 0);
}

TEST_CASE("left() is true until the log of an earlier process is in the database") {
    Opened on;
    on.commit([&] { on.store.append(event_of("a"), {}); });
    LogKeeper log(on.database, true, writer_busy_timeout);
    CHECK(log.left());
    log.look();
    CHECK_FALSE(log.left());
}

TEST_CASE("rescue() saves answered events from a log that has lost its name") {
    Kept on;
    on.append(1000);
    std::filesystem::remove(disk::log_of(on.directory.path() / "journal.sqlite"));
    CHECK(on.log.rescue());
    Database seen(unchanging_uri(on.directory.path() / "journal.sqlite"),
                  SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, {});
    CHECK(seen.value_of("SELECT count(*) FROM records") == "1");
}
