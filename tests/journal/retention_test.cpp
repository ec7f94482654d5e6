#include "journal/retention.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "format/group_tables.hpp"
#include "journal/fixture.hpp"
#include "store/engine.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

// Retention with a real engine, without the writer's thread.
struct EngineWithRetention {
    TempDirectory directory;
    RecordingMetrics metrics;
    JournalSettings settings{.directory = directory.path() / "journal",
                             .retain_delivered = 1h,
                             .retain_dead = 24h,
                             .min_free_disk = 0,
                             .ballast_bytes = 0};
    const Shared shared{std::make_shared<Progress>(), std::make_shared<Recent>(), std::make_shared<Ages>()};
    std::unique_ptr<Engine> engine;
    std::optional<Retention> retention;
    std::optional<sqlite::Database> database;  // the engine's, seen from outside

    void open() {
        engine = store::open_engine(settings, metrics, shared);
        engine->load();
        retention.emplace(*engine, settings, shared.ages);
        database.emplace(settings.directory / "journal.sqlite", SQLITE_OPEN_READWRITE, 5s);
        format::know_group_tables(*database);
    }
    template <class Change>
    void commit(Change&& change) {
        engine->begin();
        change();
        engine->commit();
    }
    SinkNumber sink(const char* name) {
        SinkNumber number = 0;
        commit([&] { number = engine->sink_number(name); });
        return number;
    }
    void append(const std::string& name, SinkSet sinks = {}, Instant received = recently) {
        commit([&] { engine->append(event_of(name, received), sinks); });
    }
    void settle(SinkNumber sink, std::vector<Settlement> settlements) {
        commit([&] { engine->settle(sink, std::move(settlements), recently); });
    }
    // All steps up to the next pause.
    void sweep(Instant now, SinkSet unclaimed = {}) {
        const auto before = retention->next();
        while (retention->next() == before) retention->step(now, unclaimed);
    }
    std::string value_of(const std::string& sql) { return database->value_of(sql); }
};

bool is_about(steady_clock::time_point time, steady_clock::duration from_now) {
    const auto difference = time - (steady_clock::now() + from_now);
    return difference <= 0s && difference > -500ms;
}

}  // namespace

TEST_CASE("retention works in small steps and pauses between two sweeps") {
    EngineWithRetention kept;
    kept.open();
    kept.commit([&] {
        for (int at = 0; at < 600; ++at) kept.engine->append(event_of(std::to_string(at), recently - 2h), {});
    });
    const auto step = [&] { kept.retention->step(recently, {}); };
    step();  // no sink is missing
    step();  // no dead letters
    for (const char* expected : {"344", "88", "0"}) {
        CHECK(kept.retention->next() <= steady_clock::now());
        step();
        CHECK(kept.value_of("SELECT count(*) FROM events") == expected);
    }
    step();  // the ledger, all of it within the dedupe window
    CHECK(kept.retention->next() > steady_clock::now());
    CHECK(kept.value_of("SELECT count(*) FROM ledger") == "600");
}

TEST_CASE("a step deletes about 1 MiB of bodies at most") {
    EngineWithRetention kept;
    kept.open();
    for (const char* name : {"a", "b", "c", "d"}) {
        Event event = event_of(name, recently - 2h);
        event.raw = std::string(400 << 10, 'x');
        kept.commit([&] { kept.engine->append(event, {}); });
    }
    kept.retention->step(recently, {});
    kept.retention->step(recently, {});
    kept.retention->step(recently, {});
    CHECK(kept.value_of("SELECT group_concat(seq) FROM events") == "4");
    kept.retention->step(recently, {});
    CHECK(kept.value_of("SELECT count(*) FROM events") == "0");
}

TEST_CASE("after a sweep retention pauses fifty times as long, but no longer than a minute") {
    CHECK(pause_after(0ms) == 1s);
    CHECK(pause_after(20ms) == 1s);
    CHECK(pause_after(100ms) == 5s);
    CHECK(pause_after(10s) == 1min);
}

TEST_CASE("after an error retention pauses for a second, and expediting it does not extend the pause") {
    EngineWithRetention kept;
    kept.open();
    kept.retention->expedite();
    CHECK(kept.retention->next() <= steady_clock::now());  // it is due already
    kept.retention->postpone();
    CHECK(is_about(kept.retention->next(), 1s));
    const auto postponed = kept.retention->next();
    kept.retention->expedite();
    CHECK(kept.retention->next() == postponed);
}

TEST_CASE("the line of a record that is deleted late is deleted with it, so that it never precedes a gap") {
    EngineWithRetention kept;
    kept.settings.dedupe_window = 1h;
    kept.open();
    const SinkNumber slow = kept.sink("slow");
    for (const char* name : {"held", "b", "c", "d"})  // each a group of its own
        kept.append(name, name == std::string("held") ? SinkSet{slow} : SinkSet{});
    const auto sweep_up_to_events = [&] {
        for (int stage = 0; stage < 3; ++stage) kept.retention->step(recently + 2h, {});
    };
    const auto lines = [&] { return kept.value_of("SELECT group_concat(seq) FROM ledger"); };
    sweep_up_to_events();
    kept.retention->step(recently + 2h, {});
    CHECK(lines() == "1,4");
    kept.settle(slow, {delivered(1)});
    sweep_up_to_events();
    CHECK(kept.value_of("SELECT count(*) FROM events") == "0");
    CHECK(lines() == "4");
}

TEST_CASE("an old event is kept while it waits, is a dead letter or is due again, and is deleted otherwise") {
    EngineWithRetention kept;
    kept.open();
    const SinkNumber crm = kept.sink("crm");
    for (const char* name : {"waits", "dead", "due again", "delivered", "delivered late"})
        kept.append(name, SinkSet{crm});
    kept.append("young", SinkSet{crm}, recently + 3h);
    kept.settle(crm, {dead(2), delivered(3), delivered(4), delivered(5), delivered(6)});
    kept.commit([&] { kept.engine->redeliver(crm, std::vector<std::uint64_t>{3}, recently); });
    const auto events = [&] { return kept.value_of("SELECT group_concat(seq) FROM events"); };
    kept.sweep(recently + 1h);  // not older than retain_delivered
    CHECK(events() == "1,2,3,4,5,6");
    kept.sweep(recently + 1h + 1us);
    CHECK(events() == "1,2,3,6");
}

TEST_CASE("dead letters expire after retain_dead, and the step says how many of which sink") {
    EngineWithRetention kept;
    kept.open();
    const SinkNumber crm = kept.sink("crm");
    const SinkNumber archive = kept.sink("archive");
    for (const char* name : {"a", "b", "c"}) kept.append(name, SinkSet{crm, archive});
    kept.settle(crm, {dead(1), delivered(2), dead(3)});
    kept.settle(archive, {dead(1), delivered(2), delivered(3)});
    kept.retention->step(recently + 24h, {});
    const auto nothing = kept.retention->step(recently + 24h, {});
    CHECK(nothing.expired.empty());
    CHECK_FALSE(nothing.changed_counts);
    kept.sweep(recently + 24h);

    kept.retention->step(recently + 24h + 1us, {});
    const auto swept = kept.retention->step(recently + 24h + 1us, {});
    CHECK(swept.expired == std::map<SinkNumber, std::size_t>{{crm, 2}, {archive, 1}});
    CHECK(swept.changed_counts);
    CHECK(kept.engine->counts().sinks[crm].dead == 0);
    CHECK(kept.engine->counts().sinks[archive].dead == 0);
}

TEST_CASE("an event that waits for a removed sink becomes a dead letter after retain_dead") {
    EngineWithRetention kept;
    kept.open();
    const SinkNumber gone = kept.sink("gone");
    const SinkNumber crm = kept.sink("crm");
    const SinkSet both = SinkSet{gone, crm};
    kept.append("delivered, due again", both);
    kept.append("waits", both);
    kept.append("waits, young", both, recently + 48h);
    kept.settle(gone, {delivered(1)});
    kept.commit([&] { kept.engine->redeliver(gone, std::vector<std::uint64_t>{1}, recently); });
    const auto letters = [&] {
        return kept.value_of("SELECT group_concat(seq || ' of ' || sink) FROM owed WHERE state = 2");
    };
    const std::string of_gone = " of " + std::to_string(gone);
    const Instant late = recently + 24h + 1us;

    CHECK_FALSE(kept.retention->step(recently + 24h, SinkSet{gone}).changed_counts);
    kept.sweep(recently + 24h, SinkSet{gone});
    CHECK(letters().empty());

    // What is due again goes first, then what waits; nothing of a sink that is configured.
    CHECK(kept.retention->step(late, SinkSet{gone}).changed_counts);
    CHECK(letters() == "1" + of_gone);
    CHECK(kept.retention->step(late, SinkSet{gone}).changed_counts);
    CHECK(letters() == "1" + of_gone + ",2" + of_gone);
    CHECK_FALSE(kept.retention->step(late, SinkSet{gone}).changed_counts);
    CHECK(kept.value_of("SELECT DISTINCT reason FROM owed WHERE state = 2") ==
          "no sink of that name is configured, and the event waited for it longer than journal.retain_dead");
    CHECK(kept.engine->counts().sinks[gone].waiting == 1);
    CHECK(kept.engine->counts().sinks[crm].waiting == 3);
}
