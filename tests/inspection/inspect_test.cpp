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

namespace {

// A stopped journal with an event and a request of three, the first of which repeats that event.
struct WithRequest : Place {
    WithRequest() {
        const auto journal = open();
        REQUIRE(append(*journal, event_of("a")));
        REQUIRE(append_parcel(*journal, parcel_of({"a", "b", "c"})));
    }
    void change(const std::string& sql) { Database(file(), SQLITE_OPEN_READWRITE, {}).execute(sql); }
    Inspection found() const { return inspect(settings.directory); }
};

}  // namespace

TEST_CASE("a whole request of several events is counted, also when one of its events was erased") {
    WithRequest journal;
    for (const bool erases : {false, true}) {
        if (erases) REQUIRE(journal.open()->erase({2}, {}).value().events == 1);
        const Inspection found = journal.found();
        CHECK_FALSE(found.damaged());
        CHECK(found.requests == 1);
        CHECK(found.events == (erases ? 2 : 3));
    }
    REQUIRE(journal.open()->erase({3}, {}).value().events == 1);
    CHECK(journal.found().requests == 0);
    CHECK_FALSE(journal.found().damaged());
}

TEST_CASE("a journal of a program that stores no requests of several events is whole") {
    WithRequest journal;
    journal.change("DROP TABLE requests; DROP TABLE repeats; DELETE FROM needs");
    CHECK_FALSE(journal.found().damaged());
    CHECK(journal.found().requests == 0);
}

TEST_CASE("damage to a request of several events is reported by the first event it was stored with") {
    WithRequest journal;
    const auto check_reported = [&] {
        const Inspection found = journal.found();
        CHECK(found.bad_requests.first == Sequences{2});
        CHECK(found.bad_checksums.count == 0);
        CHECK(found.damaged());
    };
    SECTION("a bit of its bytes") {
        Database database(journal.file(), SQLITE_OPEN_READWRITE, {});
        std::string data;
        {
            Statement read(database, "SELECT data FROM requests");
            Rows rows = read.run();
            REQUIRE(rows.next());
            data = rows.bytes(0);
        }
        // The layout, a flag, how many parts, a sequence, a place, the id, the envelope, the checksum.
        const std::size_t at = GENERATE(0u, 1u, 2u, 14u, 22u, 65u, 100u, 103u);
        REQUIRE(at < data.size());
        data[at] = static_cast<char>(data[at] ^ 1);
        Statement(database, "UPDATE requests SET data = ?1").execute(Blob{data});
        check_reported();
    }
    SECTION("up to which event it goes") {
        journal.change("UPDATE requests SET last = 2");
        check_reported();
    }
    SECTION("all of its events are gone") {
        journal.change("DELETE FROM records WHERE first > 1");
        check_reported();
    }
    SECTION("an event that it repeats is not named") {
        journal.change("DELETE FROM repeats");
        check_reported();
    }
}

TEST_CASE("tables that contradict the requests of several events are damage") {
    WithRequest journal;
    // A program that does not know them could open the journal; a repeated event is of no request.
    journal.change(GENERATE("DELETE FROM needs", "INSERT INTO repeats(first, seq) VALUES(3, 1)"));
    CHECK(journal.found().integrity.size() == 1);
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
