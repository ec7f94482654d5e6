// Sinks that deliver from a real journal on real threads.
#include "dispatch/sink_runner.hpp"

#include <atomic>
#include <catch2/catch.hpp>

#include "dispatch/station.hpp"
#include "support/clock.hpp"

using namespace chathook;
using namespace std::chrono_literals;
using Kind = Outcome::Kind;
using test::eventually;
using test::Gate;
using test::HandedSink;
using test::ids;
using test::Station;
using test::take;

TEST_CASE("events that waited in the journal and later ones are delivered in order") {
    Station station;
    for (std::uint64_t number = 1; number <= 10; ++number) station.append(number);
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup("crm", take, sink), *station.journal,
                                station.metrics->sink("crm"));
    REQUIRE(sink->wait_for(10) == ids(1, 10));
    for (std::uint64_t number = 11; number <= 20; ++number) station.append(number);
    CHECK(sink->wait_for(20) == ids(1, 20));
    CHECK(eventually([&] { return station.backlog().events == 0; }));
    runner.stop(std::chrono::steady_clock::now() + 1s);
    CHECK(station.counted(R"(chathook_deliveries_total{outcome="delivered",sink="crm"} 20)"));
}

TEST_CASE("after a restart only events that were not delivered are delivered") {
    Station station;
    for (std::uint64_t number = 1; number <= 3; ++number) station.append(number);
    HandedSink* sink = nullptr;
    {
        const auto until_two = [](const Delivery& delivery, const std::stop_token&) {
            return delivery.sequence <= 2 ? Outcome{} : Outcome{Kind::retry, "down", {}};
        };
        dispatch::SinkRunner runner(station.setup("crm", until_two, sink), *station.journal,
                                    station.metrics->sink("crm"));
        REQUIRE(sink->wait_for(2) == ids(1, 2));
        REQUIRE(eventually([&] { return station.backlog().events == 1; }));
    }
    station.restart_journal();
    dispatch::SinkRunner runner(station.setup("crm", take, sink), *station.journal,
                                station.metrics->sink("crm"));
    CHECK(sink->wait_for(1) == ids(3, 3));
}

TEST_CASE("after a restart the attempts before it count") {
    Station station;
    station.append(1);
    HandedSink* sink = nullptr;
    const auto refuse = [](const Delivery&, const std::stop_token&) {
        return Outcome{Kind::retry, "down", {}};
    };
    const auto attempts = [&] { return station.journal->open_reader()->fates(1).value().front().attempts; };
    {
        dispatch::SinkRunner runner(station.setup("crm", refuse, sink), *station.journal,
                                    station.metrics->sink("crm"));
        REQUIRE(eventually([&] { return attempts() >= 2; }));
    }
    station.restart_journal();
    const unsigned before = attempts();
    std::atomic<unsigned> first = 0;
    const auto note = [&](const Delivery& delivery, const std::stop_token&) {
        first = delivery.attempt;
        return Outcome{};
    };
    dispatch::SinkRunner runner(station.setup("crm", note, sink), *station.journal,
                                station.metrics->sink("crm"));
    REQUIRE(sink->wait_for(1) == ids(1, 1));
    CHECK(first == before + 1);
}

TEST_CASE("a failing sink is reported, tried again and recovers") {
    Station station;
    std::atomic<bool> down = true;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup(
                                    "crm",
                                    [&](const Delivery&, const std::stop_token&) {
                                        return down ? Outcome{Kind::retry, "HTTP 503", {}} : Outcome{};
                                    },
                                    sink),
                                *station.journal, station.metrics->sink("crm"));
    station.append(1);
    station.append(2);
    REQUIRE(eventually([&] { return runner.status().failures >= 3; }));
    CHECK(runner.status().failing);
    CHECK(runner.status().reason == "HTTP 503");
    CHECK(runner.status().since);
    const auto reader = station.journal->open_reader();
    CHECK(eventually([&] {
        const journal::Fate fate = reader->fates(1).value().front();
        return fate.attempts >= 3 && fate.reason == "HTTP 503" && fate.next_try;
    }));
    down = false;
    CHECK(sink->wait_for(2) == ids(1, 2));
    CHECK(eventually([&] { return !runner.status().failing; }));
}

TEST_CASE("expired dead letters leave the gauge of an otherwise idle sink") {
    Station station;
    station.journal->stop();
    station.journal.reset();
    station.retain_dead = 1s;
    station.open_journal();
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup(
                                    "crm",
                                    [](const Delivery&, const std::stop_token&) {
                                        return Outcome{Kind::poison, "HTTP 422", {}};
                                    },
                                    sink),
                                *station.journal, station.metrics->sink("crm"));
    station.append(1);
    station.append(2);
    REQUIRE(eventually([&] { return station.counted(R"(chathook_dead_letters{sink="crm"} 2)"); }));
    CHECK(eventually([&] { return station.counted(R"(chathook_dead_letters{sink="crm"} 0)"); }));
    CHECK(station.counted(R"(chathook_dead_letters_expired_total{sink="crm"} 2)"));
}

TEST_CASE("an open breaker shows in status and metrics until the first success") {
    Station station;
    std::atomic<bool> down = true;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(
        station.setup("crm",
                      [&](const Delivery&, const std::stop_token&) {
                          return down ? Outcome{Kind::retry, "HTTP 503", {}} : Outcome{};
                      },
                      sink, {.backoff = {1ms, 2ms}, .breaker = {.failures = 3, .pause = 50ms}}),
        *station.journal, station.metrics->sink("crm"));
    CHECK(station.counted(R"(chathook_sink_breaker_open{sink="crm"} 0)"));
    for (std::uint64_t number = 1; number <= 10; ++number) station.append(number);
    REQUIRE(eventually([&] { return runner.status().breaker_open; }));
    CHECK(runner.status().failures >= 3);
    CHECK(eventually([&] { return station.counted(R"(chathook_sink_breaker_open{sink="crm"} 1)"); }));
    CHECK_FALSE(station.counted(R"(chathook_sink_failing_seconds{sink="crm"} 0)"));
    down = false;
    CHECK(sink->wait_for(10) == ids(1, 10));
    CHECK(eventually([&] {
        return !runner.status().breaker_open &&
               station.counted(R"(chathook_sink_breaker_open{sink="crm"} 0)") &&
               station.counted(R"(chathook_sink_failing_seconds{sink="crm"} 0)");
    }));
}

TEST_CASE("a refused event becomes a dead letter and the next one is delivered") {
    Station station;
    for (std::uint64_t number = 1; number <= 3; ++number) station.append(number);
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(
        station.setup(
            "crm",
            [](const Delivery& delivery, const std::stop_token&) {
                return delivery.sequence == 2 ? Outcome{Kind::poison, "HTTP 400", {}} : Outcome{};
            },
            sink),
        *station.journal, station.metrics->sink("crm"));
    const auto delivered = sink->wait_for(2);
    CHECK(delivered == std::vector{test::numbered_id(1), test::numbered_id(3)});
    CHECK(eventually([&] { return station.backlog().dead == 1 && station.backlog().events == 0; }));
    CHECK(eventually([&] { return station.counted(R"(chathook_dead_letters{sink="crm"} 1)"); }));
    const auto crm = station.journal->sink_number("crm").value();
    REQUIRE(station.journal->discard(crm, {2}).value() == 1);
    CHECK(eventually([&] { return station.counted(R"(chathook_dead_letters{sink="crm"} 0)"); }));
}

TEST_CASE("an event beyond max_age becomes a dead letter") {
    Station station;
    station.append(1);
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup("crm",
                                              [](const Delivery&, const std::stop_token&) {
                                                  return Outcome{Kind::retry, "down", {}};
                                              },
                                              sink, {.backoff = {10ms, 20ms}, .max_age = 200ms}),
                                *station.journal, station.metrics->sink("crm"));
    CHECK(eventually([&] { return station.backlog().dead == 1; }));
    CHECK(now() - station.journal->open_reader()->find({}).value().front().event->received >= 200ms);
}

TEST_CASE("a requested redelivery is delivered again, even a dead letter of any age") {
    Station station;
    station.append(1);
    station.append(2);
    std::atomic<bool> down = false;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(
        station.setup(
            "crm",
            [&](const Delivery& delivery, const std::stop_token&) {
                return down || delivery.sequence == 3 ? Outcome{Kind::retry, "down", {}} : Outcome{};
            },
            sink, {.backoff = {1ms, 20ms}, .breaker = {.failures = 0}, .max_age = 300ms}),
        *station.journal, station.metrics->sink("crm"));
    REQUIRE(sink->wait_for(2) == ids(1, 2));
    const auto crm = station.journal->sink_number("crm").value();
    REQUIRE(eventually([&] { return station.backlog().events == 0; }));
    CHECK(station.journal->redeliver(crm, {1}).value() == 1);
    CHECK(sink->wait_for(3).back() == test::numbered_id(1));

    // While the receiver is down for longer than max_age, a redelivery is tried before it is given up.
    down = true;
    station.append(3);
    REQUIRE(eventually([&] { return station.backlog().dead == 1; }));
    CHECK(station.journal->redeliver(crm, {2}).value() == 1);
    REQUIRE(eventually([&] { return station.backlog().dead == 2; }));
    const auto letters = station.journal->open_reader()->dead({}).value();
    CHECK(letters.front().sequence == 2);
    CHECK(letters.front().attempts >= 1);
    down = false;
    CHECK(station.journal->redeliver(crm, {2}).value() == 1);
    CHECK(sink->wait_for(4).back() == test::numbered_id(2));
    CHECK(eventually([&] { return station.backlog().again == 0 && station.backlog().dead == 1; }));
}

TEST_CASE("a delivery under way may finish within the grace period of a stop, and its progress is recorded") {
    Station station;
    station.append(1);
    Gate gate;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(
        station.setup(
            "crm", [&](const Delivery&, const std::stop_token& stop) { return gate.hold(stop); }, sink),
        *station.journal, station.metrics->sink("crm"));
    gate.wait_until_held();
    runner.begin_stop();
    gate.open();
    runner.stop(std::chrono::steady_clock::now() + 10s);
    CHECK(station.backlog().events == 0);
}

TEST_CASE("a delivery that outlasts the grace period of a stop is aborted and stays due") {
    Station station;
    station.append(1);
    Gate gate;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(
        station.setup(
            "crm", [&](const Delivery&, const std::stop_token& stop) { return gate.hold(stop); }, sink),
        *station.journal, station.metrics->sink("crm"));
    gate.wait_until_held();
    runner.stop(std::chrono::steady_clock::now() + 20ms);
    CHECK(station.backlog().events == 1);
}

TEST_CASE("a sink that throws or tries nothing counts as failing, not as delivered") {
    Station station;
    station.append(1);
    std::atomic<int> calls = 0;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup("crm",
                                              [&](const Delivery&, const std::stop_token&) -> Outcome {
                                                  if (calls++ == 0)
                                                      throw std::runtime_error("visitor@example.com");
                                                  return {};
                                              },
                                              sink, {.backoff = {100ms, 100ms}}),
                                *station.journal, station.metrics->sink("crm"));
    REQUIRE(eventually([&] { return runner.status().failing; }));
    CHECK(runner.status().reason == "internal error: the sink threw an exception");
    CHECK(sink->wait_for(1) == ids(1, 1));
}

TEST_CASE("if the journal accepts no settlement, the sink still stops, and the event is delivered again") {
    Station station;
    station.append(1);
    Gate gate;
    HandedSink* sink = nullptr;
    {
        dispatch::SinkRunner runner(
            station.setup(
                "crm", [&](const Delivery&, const std::stop_token& stop) { return gate.hold(stop); }, sink),
            *station.journal, station.metrics->sink("crm"));
        gate.wait_until_held();
        station.journal->stop();
        gate.open();
        REQUIRE(sink->wait_for(1).size() == 1);
        runner.stop(std::chrono::steady_clock::now() + 5s);
    }
    station.restart_journal();
    dispatch::SinkRunner runner(station.setup("crm", take, sink), *station.journal,
                                station.metrics->sink("crm"));
    CHECK(sink->wait_for(1) == ids(1, 1));
}

TEST_CASE("a sink that waits after a failure tries at once when a redelivery is requested") {
    Station station;
    std::atomic<int> calls = 0;
    std::atomic<bool> down = true;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup(
                                    "crm",
                                    [&](const Delivery&, const std::stop_token&) -> Outcome {
                                        ++calls;
                                        if (down) return {Kind::retry, "HTTP 503", 1h};
                                        return {};
                                    },
                                    sink),
                                *station.journal, station.metrics->sink("crm"));
    const auto crm = station.journal->sink_number("crm").value();
    const auto other = station.journal->sink_number("other").value();
    station.append(1, {"other"});
    station.append(2);
    REQUIRE(eventually([&] { return runner.status().next_try.has_value(); }));
    REQUIRE(station.journal->redeliver(crm, {1}).value() == 1);
    CHECK(eventually([&] { return calls == 2 && runner.status().next_try.has_value(); }));  // one attempt
    REQUIRE(station.journal->settle(other, {{.sequence = 1}}).has_value());
    REQUIRE(station.journal->redeliver(other, {1}).value() == 1);  // for another sink
    down = false;
    station.append(3);
    REQUIRE(station.journal->erase({1}, {}).value().events == 1);
    CHECK(calls == 2);
    station.append(4, {"other"});
    REQUIRE(station.journal->settle(other, {{.sequence = 4}}).has_value());
    REQUIRE(station.journal->redeliver(crm, {4}).value() == 1);
    CHECK(sink->wait_for(3) == std::vector{test::numbered_id(2), test::numbered_id(3), test::numbered_id(4)});
}
