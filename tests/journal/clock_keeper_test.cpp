#include "journal/clock_keeper.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "format/group_tables.hpp"
#include "journal/fixture.hpp"
#include "journal/rejection_keeper.hpp"
#include "journal/retention.hpp"
#include "store/engine.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::format;
using namespace chathook::store;
using namespace std::chrono_literals;

namespace {

// A journal's engine and clock on a machine whose wall clock the test sets. The other clock, CLOCK_BOOTTIME,
// is the real one.
struct Machine {
    TempDirectory directory;
    RecordingMetrics metrics;
    ClockReading reading = read_clock();
    std::chrono::microseconds ahead{};  // of the wall clock over the real time
    std::shared_ptr<Ages> ages = std::make_shared<Ages>();
    JournalSettings settings;
    std::unique_ptr<Engine> engine;
    std::optional<ClockKeeper> keeper;
    std::optional<Database> database;  // the engine's, seen from outside

    Machine() {
        settings.directory = directory.path();
        settings.ballast_bytes = 0;
        settings.retain_delivered = 24h;
        settings.retain_dead = 30 * 24h;
        settings.dedupe_window = 7 * 24h;
    }
    void start() {
        close();
        const Shared shared{std::make_shared<Progress>(), std::make_shared<Recent>(), ages};
        engine = open_engine(settings, metrics, shared);
        keeper.emplace(*engine, metrics, ages, [this] {
            ClockReading now = read_clock();
            now.wall += ahead;
            now.synchronised = false;
            return now;
        });
        keeper->pull_back(engine->load());
        database.emplace(directory.path() / "journal.sqlite", SQLITE_OPEN_READWRITE, 5s);
        know_group_tables(*database);
    }
    void stop() {
        commit([&] { keeper->save(); });
        keeper->saved();
        close();
        ages = std::make_shared<Ages>();
    }
    void close() {
        database.reset();
        keeper.reset();
        if (engine) engine->close();
        engine.reset();
    }
    Instant wall() const { return chathook::now() + ahead; }

    template <class Change>
    void commit(Change&& change) {
        engine->begin();
        change();
        engine->commit();
    }
    Appended append(std::string_view name, SinkSet sinks = {}) {
        Appended appended;
        commit([&] {
            keeper->update();
            keeper->admit(engine->counts().newest + 1, wall());
            appended = engine->append(event_of(name, wall()), sinks);
        });
        return appended;
    }
    void sweep(std::chrono::microseconds later = 0s) {
        keeper->update();
        Retention retention(*engine, settings, ages);
        const auto before = retention.next();
        while (retention.next() == before) {
            const Retention::Swept swept = retention.step(ages->now() + later, {});
            for (const auto& [sink, letters] : swept.expired) expired[engine->name_of(sink)] += letters;
        }
    }
    std::string count(const std::string& table) {
        return database->value_of("SELECT count(*) FROM " + table);
    }
    bool has_surplus_of_rejections() { return RejectionKeeper(*engine, settings).has_surplus(ages->now()); }

    std::map<std::string, std::size_t> expired;
};

}  // namespace

TEST_CASE(
    "a clock that is 40 days ahead for a moment deletes no dead letter, event, key or refused request") {
    Machine on;
    on.start();
    SinkNumber sink = 0;
    on.commit([&] { sink = on.engine->sink_number("crm"); });
    for (const char* name : {"a", "b", "c", "d", "e"}) on.append(name, SinkSet{sink});
    on.append("delivered");
    on.commit([&] {
        on.engine->settle(sink, {dead(1), dead(2), dead(3), dead(4), dead(5)}, on.ages->now());
        on.engine->record(std::vector<Rejection>(3), on.ages->now());
    });
    on.ahead = GENERATE(960h, 87600h, -960h);
    on.sweep();
    CHECK(on.metrics.clock_jumps_ == 1);
    CHECK_FALSE(on.has_surplus_of_rejections());
    CHECK(on.append("delivered").duplicate);
    on.append("received while it was wrong", SinkSet{sink});
    on.commit([&] { on.engine->settle(sink, {dead(7)}, on.ages->now()); });
    on.ahead = 0s;
    on.sweep();
    CHECK(on.metrics.clock_jumps_ == 2);
    CHECK(on.append("received while it was wrong").duplicate);
    CHECK(on.count("owed WHERE state = 2") == "6");
    CHECK(on.count("events") == "7");
    CHECK(on.count("ledger") == "7");
    CHECK_FALSE(on.has_surplus_of_rejections());
    CHECK(on.expired.empty());

    on.sweep(31 * 24h);
    CHECK(on.count("owed WHERE state = 2") == "0");
    CHECK(on.expired == std::map<std::string, std::size_t>{{"crm", 6}});
    CHECK(on.count("events") == "0");
}

TEST_CASE("events that were received while the clock was ten years ahead are deleted at the usual age") {
    Machine on;
    on.start();
    on.ahead = 87600h;
    for (const char* name : {"a", "b", "c"}) on.append(name);
    on.ahead = 0s;
    on.append("d");
    on.sweep(25h);
    CHECK(on.count("events") == "0");
    on.sweep(8 * 24h);
    CHECK(on.count("ledger") == "1");  // the newest line is kept
}

TEST_CASE("dead letters show the wall clock's time, and their age is measured by the journal's clock") {
    Machine on;
    on.start();
    SinkNumber sink = 0;
    on.commit([&] { sink = on.engine->sink_number("crm"); });
    on.ahead = 960h;
    on.append("a", SinkSet{sink});
    on.commit([&] { on.engine->settle(sink, {dead(1)}, on.ages->now()); });
    const auto hours_ahead = [&](const std::string& column) {
        return on.database->value_of("SELECT (" + column + " - " +
                                     std::to_string(chathook::now().time_since_epoch().count()) +
                                     ") / 3600000000 FROM owed");
    };
    CHECK((hours_ahead("at") == "960" || hours_ahead("at") == "959"));
    CHECK(hours_ahead("counted_from") == "0");
}

TEST_CASE("a restart continues the journal's clock, even while the wall clock is still wrong") {
    Machine on;
    on.start();
    SinkNumber sink = 0;
    on.commit([&] { sink = on.engine->sink_number("crm"); });
    on.append("a", SinkSet{sink});
    on.commit([&] { on.engine->settle(sink, {dead(1)}, on.ages->now()); });
    on.ahead = 960h;
    on.append("b");
    for (int restarts = 0; restarts < 5; ++restarts) {
        on.stop();
        on.start();
        on.sweep();
    }
    on.stop();
    on.ahead = 0s;
    on.start();
    on.sweep();
    CHECK(std::chrono::abs(on.ages->now() - chathook::now()) < 10s);
    CHECK(on.append("b").duplicate);
    CHECK(on.count("owed WHERE state = 2") == "1");
    CHECK(on.count("events") == "2");
}

TEST_CASE("a stop during which the wall clock jumped is counted for at most an hour") {
    Machine on;
    on.start();
    const Instant then = on.ages->now();
    on.append("a");
    on.stop();
    on.ahead = 960h;
    on.start();
    CHECK(on.ages->now() - then < 1h + 10s);
    CHECK(on.ages->now() - then >= 1h);
    CHECK(std::chrono::abs(on.ages->date() - then) < 1h + 10s);
}

TEST_CASE("the state of the clock is to be saved until it has been committed") {
    Machine on;
    on.start();
    CHECK(on.keeper->is_due());
    on.engine->begin();
    on.keeper->save();
    on.engine->rollback();
    CHECK(on.keeper->is_due());
    CHECK(on.count("clock") == "0");
    on.commit([&] { on.keeper->save(); });
    on.keeper->saved();
    CHECK_FALSE(on.keeper->is_due());
    on.keeper->update();
    CHECK_FALSE(on.keeper->is_due());
    on.ahead = 960h;
    on.keeper->update();
    CHECK(on.keeper->is_due());
    CHECK(on.count("clock") == "1");
}

TEST_CASE(
    "rows of a program that kept no clock, from while its clock was ahead, grow old from the first start "
    "on") {
    Machine on;
    on.start();
    SinkNumber sink = 0;
    on.commit([&] { sink = on.engine->sink_number("crm"); });
    const Instant now = chathook::now();
    on.commit([&] {  // as such a version wrote them
        on.engine->append(event_of("old", now - 48h), SinkSet{sink});
        on.engine->append(event_of("ahead", now + 87600h), SinkSet{sink});
        on.engine->append(event_of("right again", now - 1h), SinkSet{sink});
        on.engine->settle(sink, {dead(1), delivered(2), dead(3)}, now);
    });
    on.database->execute("DELETE FROM clock; UPDATE owed SET counted_from = NULL; UPDATE owed SET at = " +
                         std::to_string((now + 87600h).time_since_epoch().count()) + " WHERE seq = 1");
    on.start();
    on.sweep(23h);
    CHECK(on.count("events") == "3");
    on.sweep(25h);
    CHECK(on.count("events") == "2");
    on.sweep(29 * 24h);
    CHECK(on.count("owed WHERE state = 2") == "2");
    on.sweep(31 * 24h);
    CHECK(on.count("owed WHERE state = 2") == "0");
}
