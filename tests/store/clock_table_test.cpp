#include "store/clock_table.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

#include "store/opened.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;
using namespace chathook::store::test;
using namespace std::chrono_literals;

TEST_CASE("a clock's state and its epochs are loaded as they were saved last") {
    Opened on;
    ClockTable table(on.database);
    CHECK_FALSE(table.load());
    CHECK(table.load_epochs().empty());
    const ClockState state{recently, 1s, -2s, true, 3s, -4s, 5s, 6s};
    on.commit([&] {
        table.save({});
        table.save(state);
        table.save_epochs({{9, 1s, recently, recently}});
        table.save_epochs({{1, 2s, recently - 1h, recently}, {7, -3s, recently, recently + 1h}});
    });
    const auto loaded = table.load();
    REQUIRE(loaded);
    CHECK(loaded->now == state.now);
    CHECK(loaded->lead == state.lead);
    CHECK(loaded->date_lead == state.date_lead);
    CHECK(loaded->stop_uncounted == state.stop_uncounted);
    CHECK(loaded->lead_at_stop == state.lead_at_stop);
    CHECK(loaded->at_once == state.at_once);
    CHECK(loaded->ran == state.ran);
    CHECK(loaded->apart == state.apart);
    const auto epochs = table.load_epochs();
    REQUIRE(epochs.size() == 2);
    CHECK(epochs[0].first == 1);
    CHECK(epochs[1].lead == -3s);
    CHECK(epochs[1].from == recently);
    CHECK(epochs[1].until == recently + 1h);
}

TEST_CASE("the latest time of a journal without a clock is that of an event, a dead letter or a refusal") {
    Opened on;
    ClockTable table(on.database);
    CHECK_FALSE(table.latest());
    CHECK(table.oldest_sequence() == 0);
    on.commit([&] { on.store.append(event_of("a", recently), {}); });
    CHECK(table.latest() == recently);
    CHECK(table.oldest_sequence() == 1);
    const auto at = [](Instant time) { return std::to_string(time.time_since_epoch().count()); };
    on.database.execute(
        "INSERT INTO owed(seq, sink, state, flags, attempts, reason, at) VALUES(1, 0, 2, 0, 1, '', " +
        at(recently + 1h) + ")");
    CHECK(table.latest() == recently + 1h);

    // Its age counts from now at the latest; a second call changes nothing.
    CHECK(table.bound_ages(recently));
    CHECK(on.value_of("SELECT counted_from FROM owed") == at(recently));
    CHECK_FALSE(table.bound_ages(recently - 1h));
    CHECK(on.value_of("SELECT counted_from FROM owed") == at(recently));
}
