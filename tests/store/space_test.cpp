#include "store/space.hpp"

#include <catch2/catch.hpp>

#include "disk/files.hpp"
#include "journal/fixture.hpp"
#include "store/schema.hpp"

using namespace chathook;
using namespace chathook::disk;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;

namespace {

struct Opened {
    Opened() { settings.directory = directory.path(), settings.min_free_disk = 1 << 20; }
    TempDirectory directory;
    JournalSettings settings;
    RecordingMetrics metrics;
    Database database = open_for_writing(disk::DirectoryLock(directory.path()).database_file());
};

}  // namespace

TEST_CASE("there is room while neither the disk nor the quota is used up") {
    Opened on;
    Space space(on.database, on.settings, on.metrics);
    CHECK_FALSE(space.trouble(std::chrono::steady_clock::now()));
    CHECK(on.metrics.bytes_ % page_bytes == 0);
    CHECK(on.metrics.bytes_ > 0);
    CHECK(on.metrics.disk_free_ > 0);
}

TEST_CASE("the quota counts the pages in use, not the free ones") {
    Opened on;
    on.settings.max_size = 256 << 10;
    Space space(on.database, on.settings, on.metrics);
    auto now = std::chrono::steady_clock::now();
    CHECK_FALSE(space.trouble(now));
    on.database.execute("INSERT INTO sinks VALUES(0, hex(zeroblob(200000)))");
    CHECK_FALSE(space.trouble(now));  // checked a moment ago
    now += std::chrono::seconds(1);
    CHECK(space.trouble(now) == "the journal has reached journal.max_size of 0 MiB");
    on.database.execute("DELETE FROM sinks");
    now += std::chrono::seconds(1);
    CHECK_FALSE(space.trouble(now));
}

TEST_CASE("after SQLite ran out of space there is no room for a second") {
    Opened on;
    Space space(on.database, on.settings, on.metrics);
    const auto now = std::chrono::steady_clock::now();
    space.ran_out(now, "the disk is full");
    CHECK(space.trouble(now + std::chrono::milliseconds(900)) ==
          "the journal could not be written: the disk is full");
    CHECK_FALSE(space.trouble(now + std::chrono::milliseconds(1100)));
}
