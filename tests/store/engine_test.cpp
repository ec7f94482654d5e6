#include "store/engine.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <memory>

#include "disk/files.hpp"
#include "format/words.hpp"
#include "journal/fixture.hpp"
#include "store/words.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;

namespace {

// An engine without the writer's thread.
struct BareEngine {
    BareEngine() { settings.ballast_bytes = 0; }
    void open() {
        shared = {std::make_shared<Progress>(), std::make_shared<Recent>(), std::make_shared<Ages>()};
        engine = open_engine(settings, metrics, shared);
        engine->load();
    }
    void save_clock() {
        engine->begin();
        engine->save_clock({.now = shared.ages->now()});
        engine->commit();
    }
    // Returns the sink that it is for.
    SinkNumber commit_one_event() {
        engine->begin();
        const SinkNumber sink = engine->sink_number("crm");
        engine->append(event_of("a"), SinkSet{sink});
        engine->commit();
        return sink;
    }

    TempDirectory directory;
    JournalSettings settings{.directory = directory.path() / "journal", .min_free_disk = 1 << 20};
    RecordingMetrics metrics;
    Shared shared;
    std::unique_ptr<Engine> engine;
};

}  // namespace

TEST_CASE("after a restart an engine has what was committed, and nothing that was rolled back") {
    BareEngine on;
    on.open();
    on.engine->begin();
    const SinkNumber sink = on.engine->sink_number("crm");
    CHECK(on.engine->append(event_of("kept"), SinkSet{sink}).sequence == 1);
    on.engine->commit();
    on.engine->begin();
    CHECK(on.engine->append(event_of("lost"), SinkSet{sink}).sequence == 2);
    on.engine->rollback();
    CHECK(on.engine->counts().newest == 1);
    on.engine->close();
    on.engine.reset();

    on.open();
    CHECK(on.engine->counts().newest == 1);
    CHECK(on.engine->counts().sinks[sink].waiting == 1);
    CHECK(on.engine->name_of(sink) == "crm");
    CHECK(on.engine->oldest_sequence() == 1);
    const auto reader = on.engine->open_reader(on.shared);
    CHECK(found(*reader) == Sequences{1});
}

TEST_CASE("a transaction that changes nothing does not record that the emptied log holds a commit") {
    BareEngine on;
    on.open();
    const SinkNumber sink = on.commit_one_event();
    CHECK(disk::log_state_of(on.settings.directory) == disk::LogState::filled);
    REQUIRE(on.engine->seal());
    on.engine->begin();
    CHECK(on.engine->sink_number("crm") == sink);
    on.engine->commit();
    CHECK(disk::log_state_of(on.settings.directory) == disk::LogState::exists);
}

TEST_CASE("if a reader prevents an engine from emptying its log, the next start does it") {
    BareEngine on;
    on.open();
    on.commit_one_event();
    {
        sqlite::Database other(on.settings.directory / "journal.sqlite", SQLITE_OPEN_READONLY,
                               std::chrono::seconds(1));
        other.execute("BEGIN");
        CHECK(other.value_of("SELECT count(*) FROM records") == "1");
        on.engine->close();
    }
    on.engine.reset();
    on.open();
    CHECK(on.engine->counts().newest == 1);
}

TEST_CASE("only one engine at a time can open a directory") {
    BareEngine on;
    on.open();
    const Shared& shared = on.shared;
    try {
        open_engine(on.settings, on.metrics, shared);
        FAIL("opened a second time");
    } catch (const OpenError& error) {
        CHECK(error.exit_code() == ExitCode::already_running);
    }
}

TEST_CASE("an engine that ran out of room refuses more, and says why") {
    BareEngine on;
    on.open();
    CHECK_FALSE(on.engine->reason_for_no_room());
    on.engine->ran_out_of_room("the disk is full");
    const auto reason = on.engine->reason_for_no_room();
    REQUIRE(reason);
    CHECK(says(*reason, "the disk is full"));
}

TEST_CASE("an abandoned engine writes nothing any more, even if its log is not empty") {
    BareEngine on;
    on.open();
    on.engine->begin();
    on.engine->append(event_of("a"), {});
    on.engine->commit();
    const auto database = on.settings.directory / "journal.sqlite";
    const std::string before = content_of(database);
    on.engine->abandon();
    on.engine.reset();
    CHECK(content_of(database) == before);
    CHECK(std::filesystem::file_size(on.settings.directory / "journal.sqlite-wal") > 0);
}

TEST_CASE("a log that another program has overwritten is not moved into the database") {
    BareEngine on;
    on.open();
    on.engine->begin();
    on.engine->append(event_of("a"), {});
    on.engine->commit();
    const auto database = on.settings.directory / "journal.sqlite";
    const auto log = on.settings.directory / "journal.sqlite-wal";
    const std::string before = content_of(database);
    const auto bytes = std::filesystem::file_size(log);
    {
        std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(32);
        file << std::string(bytes - 32, 'x');
    }
    const auto refused = [&](const auto& act) {
        try {
            act();
        } catch (const EngineError& error) {
            CHECK(error.kind() == EngineError::Kind::failed);
            return on.engine->reason_of_failure(error);
        }
        return std::string();
    };
    SECTION("when the journal is closed") {
        CHECK(says(refused([&] { on.engine->close(); }),
                   "frames of the journal's log only 0 are as they were"));
    }
    SECTION("when a reader finds that the database is malformed") {
        const auto read = [&] {
            const auto reader = on.engine->open_reader(on.shared);
            if (!reader->find({})) throw std::runtime_error("not found");
        };
        CHECK_THROWS(read());
        CHECK(says(refused([&] { on.engine->run_periodic_work(); }), "Nothing was moved into the database"));
    }
    on.engine->abandon();
    on.engine.reset();
    CHECK(content_of(database) == before);
}

TEST_CASE("an engine that could not be loaded does not make the next one report a missing log") {
    BareEngine on;
    on.open();
    on.engine->begin();
    on.engine->sink_number("crm");
    on.engine->append(event_of("a"), {0});
    on.engine->append(event_of("b"), {0});
    on.engine->settle(0, {delivered(1)}, recently);
    on.engine->commit();
    const bool crashed = GENERATE(false, true);
    CAPTURE(crashed);
    if (crashed) {
        on.engine->abandon();
    } else {
        on.engine->close();
    }
    on.engine.reset();
    {
        Database database(on.settings.directory / "journal.sqlite", SQLITE_OPEN_READWRITE, {});
        sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, static_cast<int*>(nullptr));
        database.execute("UPDATE passed SET last = 2");
    }
    for (int start = 0; start < 2; ++start) {
        CHECK_THROWS_WITH(on.open(), Catch::Contains("how far sink crm is (2) is not as it was written"));
        on.engine.reset();
    }
}

TEST_CASE("an engine that is closed saves its index for the next one, and only for that") {
    BareEngine on;
    const auto index = on.settings.directory / "index";
    const auto again = [&] {
        on.engine->begin();
        const bool duplicate = on.engine->append(event_of("a"), {}).duplicate;
        on.engine->rollback();
        return duplicate;
    };
    on.open();
    on.commit_one_event();
    on.save_clock();
    on.engine->close();
    on.engine.reset();
    REQUIRE(std::filesystem::exists(index));
    const std::string saved = content_of(index);

    on.open();
    CHECK_FALSE(std::filesystem::exists(index));
    CHECK(on.engine->counts().newest == 1);
    CHECK(on.engine->counts().sinks[0].waiting == 1);
    CHECK(again());
    on.commit_one_event();
    on.engine->abandon();  // as a crash
    on.engine.reset();

    std::ofstream(index, std::ios::binary) << saved;
    on.open();
    CHECK_FALSE(std::filesystem::exists(index));
    CHECK(again());
}

TEST_CASE(
    "no index is saved without the clock, with a log that is not empty, or where there is too little room") {
    BareEngine on;
    const auto index = on.settings.directory / "index";
    on.open();
    on.commit_one_event();
    SECTION("the clock was not saved after the last event") {
        on.engine->close();
        CHECK_FALSE(std::filesystem::exists(index));
    }
    SECTION("a reader is in the way") {
        on.save_clock();
        sqlite::Database other(on.settings.directory / "journal.sqlite", SQLITE_OPEN_READONLY,
                               std::chrono::seconds(1));
        other.execute("BEGIN");
        CHECK(other.value_of("SELECT count(*) FROM records") == "1");
        on.engine->close();
        CHECK_FALSE(std::filesystem::exists(index));
    }
    SECTION("too little room") {
        on.engine->abandon();
        on.engine.reset();
        on.settings.min_free_disk = std::uint64_t{1} << 50;
        on.open();
        on.save_clock();
        on.engine->close();
        CHECK_FALSE(std::filesystem::exists(index));
    }
    on.engine.reset();
    on.open();
    CHECK(on.engine->counts().newest == 1);
}
