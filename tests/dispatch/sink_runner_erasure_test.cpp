// Sinks whose events are erased while they have them, on real threads.
#include "dispatch/sink_runner.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "dispatch/station.hpp"
#include "support/clock.hpp"

using namespace chathook;
using namespace std::chrono_literals;
using Kind = Outcome::Kind;
using test::eventually;
using test::Gate;
using test::HandedSink;
using test::hold_at;
using test::Station;

TEST_CASE("no erased event is delivered once the receipt of the erasure is written") {
    Station station;
    for (std::uint64_t number = 1; number <= 8; ++number) station.append(number);
    Gate gate;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup("crm", hold_at(gate, 2), sink), *station.journal,
                                station.metrics->sink("crm"));
    gate.wait_until_held();  // 1 is delivered and not settled, 2 is under way, 3 and 4 are in the same page
    std::thread receiver([&] {
        eventually([&] { return sink->recalled(); });
        gate.open();
    });
    const auto erased = station.journal->erase({1, 2, 3, 5}, {}).value();
    receiver.join();
    REQUIRE(erased.sinks.size() == 1);
    CHECK(erased.sinks[0].delivered == 2);
    CHECK(erased.sinks[0].skipped == 2);
    CHECK(erased.sinks[0].under_way == 0);
    CHECK(eventually([&] { return station.backlog().events == 0; }));
    station.append(9);
    const auto delivered = sink->wait_for(7);
    std::vector<std::string> expected;
    for (const std::uint64_t number : {1, 2, 4, 6, 7, 8, 9}) expected.push_back(test::numbered_id(number));
    CHECK(delivered == expected);
}

TEST_CASE("an event that cannot be recalled is reported as under way, and is not settled") {
    Station station;
    station.recall_patience = 1ms;
    station.restart_journal();
    for (std::uint64_t number = 1; number <= 3; ++number) station.append(number);
    Gate gate;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup("crm", hold_at(gate, 1), sink), *station.journal,
                                station.metrics->sink("crm"));
    gate.wait_until_held();
    const auto erased = station.journal->erase({1, 2}, {}).value();
    REQUIRE(erased.sinks.size() == 1);
    CHECK(erased.sinks[0].delivered == 0);
    CHECK(erased.sinks[0].under_way == 1);
    CHECK(erased.sinks[0].skipped == 1);
    gate.open();
    CHECK(sink->wait_for(2) == std::vector{test::numbered_id(1), test::numbered_id(3)});
    CHECK(eventually([&] { return station.backlog().events == 0; }));
}

TEST_CASE("an erasure does not wait for a failing sink, and reports its failed attempts") {
    Station station;
    for (std::uint64_t number = 1; number <= 3; ++number) station.append(number);
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(
        station.setup("crm",
                      [](const Delivery& delivery, const std::stop_token&) {
                          return delivery.sequence < 3 ? Outcome{Kind::retry, "HTTP 503", 1h} : Outcome{};
                      },
                      sink, {.backoff = {1h, 1h}}),
        *station.journal, station.metrics->sink("crm"));
    REQUIRE(eventually([&] { return runner.status().next_try.has_value(); }));
    const auto started = std::chrono::steady_clock::now();
    const auto erased = station.journal->erase({1, 2}, {}).value();
    CHECK(std::chrono::steady_clock::now() - started < station.recall_patience);
    REQUIRE(erased.sinks.size() == 1);
    CHECK(erased.sinks[0].skipped == 2);
    CHECK(erased.sinks[0].tried == 1);
}

TEST_CASE("a stop ends an erasure that waits for a sink, and reports the sink's event as under way") {
    Station station;
    station.append(1);
    Gate gate;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(
        station.setup(
            "crm", [&](const Delivery&, const std::stop_token& stop) { return gate.hold(stop); }, sink),
        *station.journal, station.metrics->sink("crm"));
    gate.wait_until_held();
    std::thread stopper([&] { runner.begin_stop(); });
    const auto erased = station.journal->erase({1}, {}).value();  // would wait for a minute
    stopper.join();
    REQUIRE(erased.sinks.size() == 1);
    CHECK(erased.sinks[0].under_way == 1);
    gate.open();
}

TEST_CASE("a sink discards its rest of an erased event, even if the event could not be recalled") {
    Station station;
    const bool in_time = GENERATE(true, false);
    if (!in_time) station.recall_patience = 1ms;
    station.restart_journal();
    for (std::uint64_t number = 1; number <= 3; ++number) station.append(number);
    Gate gate;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup("crm", hold_at(gate, 1), sink), *station.journal,
                                station.metrics->sink("crm"));
    gate.wait_until_held();
    std::thread receiver([&] {
        if (in_time && eventually([&] { return sink->recalled(); })) gate.open();
    });
    REQUIRE(station.journal->erase({1, 2}, {}).value().events == 2);
    receiver.join();
    CHECK(sink->dropped().size() == (in_time ? 2 : 0));  // by the time the receipt is written
    gate.open();
    CHECK(eventually([&] { return sink->dropped() == std::vector<std::uint64_t>{1, 2}; }));
}
