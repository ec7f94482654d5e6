#include "dispatch/dispatcher.hpp"

#include <catch2/catch.hpp>

#include "dispatch/station.hpp"

using namespace chathook;
using namespace std::chrono_literals;
using test::Gate;
using test::HandedSink;
using test::ids;
using test::Station;
using test::take;

TEST_CASE("a sink that hangs does not hold up another") {
    Station station;
    Gate gate;
    HandedSink* hanging = nullptr;
    HandedSink* working = nullptr;
    std::vector<dispatch::SinkSetup> setups;
    setups.push_back(station.setup(
        "hanging", [&](const Delivery&, const std::stop_token& stop) { return gate.hold(stop); }, hanging));
    setups.push_back(station.setup("working", take, working));
    dispatch::Dispatcher dispatcher(std::move(setups), *station.journal, *station.metrics);
    for (std::uint64_t number = 1; number <= 10; ++number) station.append(number, {"hanging", "working"});
    CHECK(working->wait_for(10) == ids(1, 10));
    gate.wait_until_held();
    CHECK(station.backlog("hanging").events == 10);
    CHECK(dispatcher.status().size() == 2);
    dispatcher.reopen();  // while one sink is busy
    CHECK(hanging->reopened == 1);
    CHECK(working->reopened == 1);
    const auto before = std::chrono::steady_clock::now();
    dispatcher.stop(0ms);
    CHECK(std::chrono::steady_clock::now() - before < 5s);
    CHECK(station.backlog("hanging").events == 10);
}
