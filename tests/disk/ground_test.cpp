#include "disk/ground.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <functional>

#include "journal/fixture.hpp"
#include "sqlite/sqlite.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::disk;
using namespace chathook::sqlite;

namespace {

namespace fs = std::filesystem;

// A path, and what happens to it while the journal runs.
struct Change {
    const char* what;
    std::function<void(Place&)> make;
    const char* said;
};

const Change changes[] = {
    {"the directory is renamed",
     [](Place& on) { fs::rename(on.settings.directory, on.directory.path() / "elsewhere"); },
     "the journal's directory"},
    {"another directory stands in its place",
     [](Place& on) {
         fs::rename(on.settings.directory, on.directory.path() / "elsewhere");
         fs::create_directory(on.settings.directory);
     },
     "was replaced by another one"},
    {"the directory is removed", [](Place& on) { fs::remove_all(on.settings.directory); }, "was removed"},
    {"the database is removed", [](Place& on) { fs::remove(on.file()); }, "the journal's database"},
    {"the database is replaced",
     [](Place& on) {
         fs::copy_file(on.file(), on.file("copy"));
         fs::rename(on.file("copy"), on.file());
     },
     "was replaced by another one"},
    {"the log is removed", [](Place& on) { fs::remove(on.file("journal.sqlite-wal")); }, "no event is lost"},
    {"the log is renamed", [](Place& on) { fs::rename(on.file("journal.sqlite-wal"), on.file("kept")); },
     "was moved to"},
    {"the log's index is removed", [](Place& on) { fs::remove(on.file("journal.sqlite-shm")); },
     "the index of the journal's log"},
    {"the log is cut to nothing", [](Place& on) { fs::resize_file(on.file("journal.sqlite-wal"), 0); },
     "the journal's log"},
    {"the database is cut", [](Place& on) { fs::resize_file(on.file(), fs::file_size(on.file()) / 2); },
     "was cut while the daemon ran; events that were answered may be lost"},
    {"the lock is removed", [](Place& on) { fs::remove(on.file("lock")); }, "the journal's lock"},
    {"the lock is made anew",
     [](Place& on) {
         fs::remove(on.file("lock"));
         std::ofstream(on.file("lock")) << "1\n";
     },
     "the journal's lock"},
};

}  // namespace

TEST_CASE("no event is confirmed once a path of the journal leads elsewhere") {
    for (const Change& change : changes) {
        INFO(change.what);
        Place place;
        place.settings.ballast_bytes = 0;  // otherwise a directory is filled while it is being removed
        const auto journal = place.open();
        REQUIRE(append(*journal, event_of("before")));
        change.make(place);
        CHECK(append(*journal, event_of("after")).error() == Errc::journal_failed);
        CHECK_FALSE(journal->health().writable);
        REQUIRE(place.fatal.size() == 1);
        CHECK(says(place.fatal.front(), change.said));
        CHECK(says(place.fatal.front(), place.settings.directory.string()));
    }
}

TEST_CASE("a moved journal is noticed while idle") {
    Place place;
    const auto journal = place.open();
    fs::rename(place.settings.directory, place.directory.path() / "elsewhere");
    CHECK(eventually([&] { return !journal->health().writable; }));
    const std::lock_guard lock(place.mutex);
    CHECK(says(place.fatal.front(), "was moved to " + (place.directory.path() / "elsewhere").string()));
}

TEST_CASE("a truncated log is noticed while idle, and its zeros do not get into the database") {
    Place place;
    {
        const auto journal = place.open();
        for (int at = 0; at < 20; ++at) REQUIRE(append(*journal, event_of(std::to_string(at))));
        const auto log = place.file("journal.sqlite-wal");
        fs::resize_file(log, fs::file_size(log) / 2);
        CHECK(eventually([&] { return !journal->health().writable; }));
        const std::lock_guard lock(place.mutex);
        REQUIRE(place.fatal.size() == 1);
        CHECK(
            says(place.fatal.front(), "the journal's log " + log.string() + " was cut while the daemon ran"));
    }
    const auto journal = place.open();
    CHECK(append(*journal, event_of("after")));
}

TEST_CASE("a stop notices a truncated log, and its zeros do not get into the database") {
    for (const bool to_nothing : {true, false}) {
        CAPTURE(to_nothing);
        Place place;
        {
            const auto journal = place.open();
            for (int at = 0; at < 20; ++at) REQUIRE(append(*journal, event_of(std::to_string(at))));
            const auto log = place.file("journal.sqlite-wal");
            fs::resize_file(log, to_nothing ? 0 : fs::file_size(log) / 2);
        }
        REQUIRE(place.fatal.size() == 1);
        CHECK(says(place.fatal.front(), "was cut while the daemon ran"));
        // An empty log has lost its first commit too, which the next start knows.
        if (to_nothing) {
            CHECK(says(place.refusal().second, "was cut to 0 bytes"));
            place.settings.on_damage = OnDamage::go_on;
        }
        const auto journal = place.open();
        CHECK(append(*journal, event_of("after")));
    }
}

TEST_CASE("a log that SQLite itself empties and restarts is not reported as truncated") {
    Place place;
    const auto journal = place.open();
    const auto log = place.file("journal.sqlite-wal");
    for (int round = 0; round < 3; ++round) {
        for (int at = 0; at < 5; ++at)
            REQUIRE(append(*journal, event_of(std::to_string(round) + "-" + std::to_string(at))));
        CHECK(fs::file_size(log) > 0);
        REQUIRE(journal->seal_erasure().has_value());
        CHECK(fs::file_size(log) == 0);
    }
    REQUIRE(append(*journal, event_of("last")));
    CHECK(place.fatal.empty());
}

TEST_CASE("a journal removed just before the stop does not end successfully") {
    Place place;
    const auto journal = place.open();
    REQUIRE(append(*journal, event_of("kept")));
    fs::remove(place.file());
    journal->stop();
    CHECK(place.fatal.size() == 1);
}

TEST_CASE("answered events survive the removal of the log while the daemon runs") {
    Place place;
    {
        const auto journal = place.open();
        const SinkNumber sink = journal->sink_number("events").value();
        for (int at = 0; at < 50; ++at)
            REQUIRE(append(*journal, event_of(std::to_string(at)), SinkSet{sink}));
        fs::remove(place.file("journal.sqlite-wal"));
        CHECK(eventually([&] { return !journal->health().writable; }));
    }
    const auto journal = place.open();
    const auto reader = journal->open_reader();
    CHECK(due(*reader, journal->sink_number("events").value()).size() == 50);
}

TEST_CASE("the error for a removed log gives one advice: put nothing back, or put it back") {
    for (const bool can_be_saved : {true, false}) {
        CAPTURE(can_be_saved);
        Place place;
        const auto journal = place.open();
        REQUIRE(append(*journal, event_of("before")));
        // An open read transaction keeps the log from being moved into the database.
        Database looking(place.file(), SQLITE_OPEN_READWRITE, {});
        if (!can_be_saved) {
            looking.execute("BEGIN");
            CHECK(looking.value_of("PRAGMA user_version") == "4");
            CHECK_FALSE(looking.value_of("SELECT count(*) FROM sqlite_schema").empty());
        }
        REQUIRE(append(*journal, event_of("after")));
        fs::remove(place.file("journal.sqlite-wal"));
        CHECK(eventually([&] { return !journal->health().writable; }));
        const std::lock_guard lock(place.mutex);
        REQUIRE(place.fatal.size() == 1);
        const std::string& said = place.fatal.front();
        CAPTURE(said);
        CHECK(says(said, "journal.sqlite-wal was removed while the daemon ran. "));
        CHECK(says(said, "no event is lost. Put nothing back") == can_be_saved);
        CHECK(says(said, "may be missing. Put the log back before the next start") == !can_be_saved);
        CHECK_FALSE(says(said, "put it back"));
    }
}

TEST_CASE("a displaced journal does not touch the new files under its names") {
    Place place;
    {
        const auto journal = place.open();
        REQUIRE(append(*journal, event_of("kept")));
        fs::rename(place.file("journal.sqlite-wal"), place.file("kept"));
        std::ofstream(place.file("journal.sqlite-wal")) << "another journal's";
        CHECK(append(*journal, event_of("lost")).error() == Errc::journal_failed);
    }
    CHECK(content_of(place.file("journal.sqlite-wal")) == "another journal's");
}

TEST_CASE("a redirected link to the journal's directory is noticed") {
    Place place;
    const fs::path real = place.directory.path() / "real";
    fs::create_directory(real);
    fs::create_directory(place.directory.path() / "other");
    fs::create_directory_symlink(real, place.settings.directory);
    const auto journal = place.open();
    REQUIRE(append(*journal, event_of("kept")));
    fs::remove(place.settings.directory);
    fs::create_directory_symlink(place.directory.path() / "other", place.settings.directory);
    CHECK(append(*journal, event_of("lost")).error() == Errc::journal_failed);
}

TEST_CASE("reading, copying and writing the journal's files is not mistaken for a loss") {
    Place place;
    const auto journal = place.open();
    for (int at = 0; at < 20; ++at) {
        fs::copy_file(place.file(), place.directory.path() / std::to_string(at));
        REQUIRE(append(*journal, event_of(std::to_string(at))));
    }
    CHECK(place.fatal.empty());
}
