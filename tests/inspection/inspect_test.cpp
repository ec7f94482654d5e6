#include "inspection/inspect.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "journal/fixture.hpp"
#include "sqlite/sqlite.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::sqlite;
using namespace chathook::inspection;

namespace {

// A stopped journal with ten events for one sink, the first three delivered.
struct Stopped : Place {
    Stopped() {
        const auto journal = open();
        const SinkNumber sink = journal->sink_number("events").value();
        for (int at = 0; at < 10; ++at)
            REQUIRE(append(*journal, event_of(std::to_string(at)), SinkSet{sink}));
        REQUIRE(journal->settle(sink, {delivered(1), delivered(2), delivered(3)}));
    }
    void change(const std::string& sql) { Database(file(), SQLITE_OPEN_READWRITE, {}).execute(sql); }
    Inspection found() const { return inspect(settings.directory); }
};

int refused(const std::filesystem::path& directory) {
    try {
        inspect(directory);
    } catch (const OpenError& error) {
        return error.exit_code();
    }
    return 0;
}

}  // namespace

TEST_CASE("an intact journal is counted without findings") {
    const Stopped journal;
    const Inspection found = journal.found();
    CHECK_FALSE(found.damaged());
    CHECK(found.events == 10);
    CHECK(found.lines == 10);
    CHECK(found.newest == 10);
    REQUIRE(found.sinks.size() == 1);
    CHECK(found.sinks[0].name == "events");
    CHECK(found.sinks[0].settled.cursor() == 3);
    CHECK(found.sinks[0].waiting == 7);
}

TEST_CASE("events that are due again, dead letters and rejections are counted") {
    Stopped journal;
    {
        const auto open = journal.open();
        REQUIRE(open->settle(0, {dead(4), dead(5)}));
        REQUIRE(open->redeliver(0, {1, 4}).value() == 2);
        Rejection refused;
        refused.received = recently;
        open->reject(refused);
    }
    const Inspection found = journal.found();
    CHECK_FALSE(found.damaged());
    CHECK(found.sinks[0].waiting == 5);
    CHECK(found.sinks[0].again == 2);
    CHECK(found.sinks[0].dead == 1);
    CHECK(found.rejections == 1);
}

TEST_CASE("erased events are not damage") {
    Stopped journal;
    REQUIRE(journal.open()->erase({2, 5, 10}, {}).value().events == 3);
    CHECK_FALSE(journal.found().damaged());
    CHECK(journal.found().events == 7);
}

TEST_CASE("lines that retention removed are not a gap") {
    Stopped journal;
    SECTION("lines at the beginning") {
        journal.change("DELETE FROM records WHERE first <= 3; DELETE FROM lines WHERE first <= 3");
        CHECK(journal.found().forgotten == 3);
    }
    SECTION("lines behind one whose event is kept") {
        journal.change("DELETE FROM records WHERE first IN (2, 3); DELETE FROM lines WHERE first IN (2, 3)");
        CHECK(journal.found().forgotten == 2);
    }
    SECTION("a record that every sink has received") {
        journal.change("DELETE FROM records WHERE first = 2");
        CHECK(journal.found().forgotten == 0);
    }
    CHECK_FALSE(journal.found().damaged());
}

TEST_CASE("missing data that retention would not have removed is reported") {
    Stopped journal;
    SECTION("a record that a sink waits for") {
        journal.change("DELETE FROM records WHERE first = 5");
        CHECK(journal.found().missing.first == Sequences{5});
    }
    SECTION("a record that is due again") {
        journal.change(
            "INSERT INTO owed(sink, seq, state, flags, attempts, reason, at) VALUES(0, 2, 3, 0, 0, '', 0); "
            "DELETE FROM records WHERE first = 2");
        CHECK(journal.found().missing.first == Sequences{2});
    }
    SECTION("the record of a dead letter") {
        journal.change(
            "INSERT INTO owed(sink, seq, state, flags, attempts, reason, at) VALUES(0, 3, 2, 0, 1, 'x', 0); "
            "DELETE FROM records "
            "WHERE first = 3");
        CHECK(journal.found().missing.first == Sequences{3});
    }
    SECTION("lines behind one without an event") {
        journal.change("DELETE FROM records WHERE first < 4; DELETE FROM lines WHERE first IN (2, 3)");
        CHECK(journal.found().gaps.first == Sequences{2, 3});
    }
    SECTION("the line of a record") {
        journal.change("DELETE FROM lines WHERE first = 5");
        CHECK(journal.found().without_line.first == Sequences{5});
    }
    SECTION("a field of a record") {
        journal.change(
            "UPDATE records SET data = CAST(replace(data, '\"1.0', '\"1.1') AS BLOB) WHERE first = 7");
        CHECK(journal.found().bad_checksums.first == Sequences{7});
    }
    SECTION("a sink's cursor") {
        journal.change("UPDATE passed SET last = 5");
        CHECK(journal.found().integrity.size() == 1);
    }
    CHECK(journal.found().damaged());
}

TEST_CASE("a log that was removed or emptied after a crash is damage") {
    const Stopped journal;
    std::ofstream(journal.file("lock")) << "4711\nfilled\nlog\n";
    if (GENERATE(true, false)) std::ofstream(journal.file("journal.sqlite-wal")) << "";
    const Inspection found = journal.found();
    CHECK(found.damaged());
    REQUIRE(found.log_missing);
    CHECK(says(*found.log_missing, "events that were answered may be missing"));
    std::ofstream(journal.file("lock")) << "4711\n";
    CHECK_FALSE(journal.found().damaged());
}

TEST_CASE("a damaged page is found by SQLite") {
    Stopped journal;
    std::filesystem::resize_file(journal.file(), std::filesystem::file_size(journal.file()) - 4096);
    CHECK_FALSE(journal.found().integrity.empty());
    CHECK(journal.found().damaged());
}

TEST_CASE("a journal in use and a directory without a journal cannot be inspected") {
    Stopped journal;
    CHECK(refused(journal.directory.path()) == 74);
    journal.change("PRAGMA user_version=9");
    CHECK(refused(journal.settings.directory) == 74);
    journal.change("PRAGMA user_version=4");
    const auto open = journal.open();
    CHECK(refused(journal.settings.directory) == 75);
}
