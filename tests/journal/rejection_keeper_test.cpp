#include "journal/rejection_keeper.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

#include "journal/fixture.hpp"
#include "sqlite/sqlite.hpp"
#include "store/engine.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace std::chrono_literals;

namespace {

// A real engine without the writer's thread, and its database seen from outside.
struct EngineWithoutWriter {
    explicit EngineWithoutWriter(JournalSettings wanted = {}) : settings(std::move(wanted)) {
        settings.directory = directory.path() / "journal";
        settings.ballast_bytes = 0;
        engine = store::open_engine(
            settings, metrics,
            {std::make_shared<Progress>(), std::make_shared<Recent>(), std::make_shared<Ages>()});
        engine->load();
    }
    template <class Change>
    void commit(Change&& change) {
        engine->begin();
        change();
        engine->commit();
    }
    std::string value_of(const std::string& sql) {
        return sqlite::Database(settings.directory / "journal.sqlite", SQLITE_OPEN_READWRITE, 5s)
            .value_of(sql);
    }
    std::string recorded() { return value_of("SELECT count(*) FROM rejections"); }

    TempDirectory directory;
    RecordingMetrics metrics;
    JournalSettings settings;
    std::unique_ptr<Engine> engine;
};

}  // namespace

TEST_CASE("refused requests are forgotten from the oldest on when they are too old") {
    EngineWithoutWriter on({.rejections_age = 1h});
    RejectionKeeper keeper(*on.engine, on.settings);
    CHECK_FALSE(keeper.has_surplus(recently));
    const std::vector<Rejection> one(1);
    on.commit([&] {
        keeper.record(one, recently);
        keeper.record(one, recently + 1min);
        keeper.record(one, recently + 2min);
    });
    CHECK_FALSE(keeper.has_surplus(recently + 1h));
    CHECK(keeper.has_surplus(recently + 1h + 1us));
    on.commit([&] { keeper.forget_surplus(recently + 1h + 1us); });
    CHECK(on.value_of("SELECT group_concat(number) FROM rejections") == "2,3");
    CHECK_FALSE(keeper.has_surplus(recently + 1h + 1us));
    on.commit([&] { keeper.forget_surplus(recently + 2h); });
    CHECK(on.recorded() == "0");
}

TEST_CASE("surplus refused requests are forgotten in pieces, so that no transaction grows long") {
    EngineWithoutWriter on;
    on.settings.rejections_keep = 1000;
    std::vector<Rejection> rejections(300);
    for (Rejection& rejection : rejections) rejection.received = recently;
    for (int at = 0; at < 10; ++at) rejections[at].raw = std::string(400 << 10, 'x');
    on.commit([&] { RejectionKeeper(*on.engine, on.settings).record(rejections, recently); });
    CHECK(on.recorded() == "300");

    on.settings.rejections_keep = 0;  // changed before this start
    RejectionKeeper keeper(*on.engine, on.settings);
    std::vector<std::string> after;
    while (keeper.has_surplus(recently)) {
        on.commit([&] { keeper.forget_surplus(recently); });
        after.push_back(on.recorded());
    }
    CHECK(after == std::vector<std::string>{"297", "294", "291", "35", "0"});
}

TEST_CASE("recording a refused request forgets the oldest one when there are too many") {
    EngineWithoutWriter on({.rejections_keep = 2});
    RejectionKeeper keeper(*on.engine, on.settings);
    on.commit([&] { keeper.record(std::vector<Rejection>(2), recently); });
    CHECK(on.recorded() == "2");
    on.commit([&] { keeper.record(std::vector<Rejection>(1), recently); });
    CHECK(on.value_of("SELECT group_concat(number) FROM rejections") == "2,3");
}
