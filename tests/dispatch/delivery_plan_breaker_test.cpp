// The circuit breaker with a receiver that is down, in virtual time.
#include <catch2/catch.hpp>

#include "dispatch/desk.hpp"

using namespace std::chrono_literals;
using namespace chathook;
using namespace chathook::test;
using Action = dispatch::DeliveryPlan::Action;
using State = dispatch::Breaker::State;

namespace {

// Lets the sink fail until the breaker opens; ten events stay due.
void break_it(Desk& desk) {
    while (!desk.plan.breaker().is_open()) {
        REQUIRE(desk.offer(events(1, 10)) == Action::deliver);
        desk.try_with({retry()});
        if (!desk.plan.breaker().is_open()) desk.pass(desk.wait());
    }
}

}  // namespace

TEST_CASE("after the first failure a dead receiver is tried with one event at a time") {
    Desk desk;
    REQUIRE(desk.offer(events(1, 10)) == Action::deliver);
    REQUIRE(desk.plan.page().size() == 10);
    desk.try_with({retry(), retry(), retry(), retry()});  // as many as ran in parallel
    CHECK(desk.plan.failing()->in_a_row == 1);
    for (int attempt = 0; attempt < 10; ++attempt) {
        desk.offer(events(1, 10));
        desk.pass(desk.wait());
        REQUIRE(desk.offer(events(1, 10)) == Action::deliver);
        REQUIRE(desk.plan.page().size() == 1);
        desk.try_with({retry()});
    }
}

TEST_CASE("five failures in a row open the breaker, at the latest half a minute after the first") {
    Desk desk;
    const auto begun = desk.now.steady;
    break_it(desk);
    CHECK(desk.plan.failing()->in_a_row == 5);
    CHECK(desk.now.steady - begun <= 30s);
    CHECK(desk.plan.breaker().state() == State::open);
}

TEST_CASE("a receiver that takes fifteen seconds to fail opens the breaker within a minute") {
    Desk desk;
    const auto begun = desk.now.steady;
    while (!desk.plan.breaker().is_open()) {
        REQUIRE(desk.offer(events(1, 10)) == Action::deliver);
        desk.pass(15s);
        desk.try_with({retry()});
        if (!desk.plan.breaker().is_open()) desk.pass(desk.wait());
    }
    CHECK(desk.now.steady - begun <= 60s);
}

TEST_CASE("an open breaker lets one probe through, and everything once that succeeds") {
    Desk desk;
    break_it(desk);
    desk.offer(events(1, 10));
    desk.pass(desk.wait());
    REQUIRE(desk.offer(events(1, 10)) == Action::deliver);
    CHECK(desk.plan.breaker().state() == State::half_open);
    REQUIRE(desk.plan.page().size() == 1);
    desk.try_with({delivered()});
    CHECK(desk.settle() == "1");
    CHECK(desk.plan.breaker().state() == State::closed);
    CHECK_FALSE(desk.plan.failing());
    REQUIRE(desk.next() == Action::deliver);  // at once
    CHECK(desk.plan.page().size() == 9);
}

TEST_CASE("a probe that fails leaves the breaker open for longer") {
    Desk desk;
    break_it(desk);
    std::chrono::milliseconds before{0};
    for (int probe = 0; probe < 4; ++probe) {
        desk.offer(events(1, 10));
        const auto wait = desk.wait();
        CHECK(wait > before);
        before = wait;
        desk.pass(wait);
        REQUIRE(desk.offer(events(1, 10)) == Action::deliver);
        desk.try_with({retry()});
        CHECK(desk.plan.breaker().state() == State::open);
    }
}

TEST_CASE("probes are at least five seconds apart, whatever the random waits") {
    dispatch::DeliveryPlan plan({}, [] { return 0.0; });
    dispatch::Moment now{std::chrono::steady_clock::time_point(1h), start_of_time};
    unsigned probes = 0;
    while (probes < 10) {
        const Action action = plan.next(now);
        if (action == Action::fetch) plan.fetched(events(1, 10));
        if (action == Action::wait) {
            const auto wait = plan.wait_until() - now.steady;
            CHECK((plan.breaker().is_open() ? wait >= 5s : wait == 1ms));
            now.steady += wait;
            now.journal += std::chrono::duration_cast<std::chrono::milliseconds>(wait);
        }
        if (action == Action::deliver) {
            probes += plan.breaker().is_open() ? 1 : 0;
            plan.tried(std::vector{retry()}, now);
        }
    }
    CHECK(now.steady - std::chrono::steady_clock::time_point(1h) >= 45s);
}

TEST_CASE("a receiver's Retry-After holds for an open breaker too") {
    Desk desk;
    break_it(desk);
    desk.offer(events(1, 10));
    desk.pass(desk.wait());
    desk.offer(events(1, 10));
    desk.try_with({retry(30min)});
    desk.offer(events(1, 10));
    CHECK(desk.wait() == 30min);
}

TEST_CASE("a receiver that refuses the probe is up, and the breaker closes") {
    Desk desk;
    break_it(desk);
    desk.offer(events(1, 10));
    desk.pass(desk.wait());
    desk.offer(events(1, 10));
    desk.try_with({poison()});
    CHECK_FALSE(desk.plan.breaker().is_open());
    CHECK_FALSE(desk.plan.failing());
}

TEST_CASE("a receiver that fails now and then does not open the breaker and is not slowed down for long") {
    Desk desk;
    for (std::uint64_t number = 1; number <= 50; ++number) {
        if (desk.offer(events(2 * number, 2 * number + 1)) == Action::wait) {
            CHECK(desk.wait() == 1s);
            desk.pass(1s);
            desk.offer(events(2 * number, 2 * number + 1));
        }
        desk.try_with({delivered(), retry()});
        CHECK(desk.settle() == std::to_string(2 * number));
        CHECK_FALSE(desk.plan.breaker().is_open());
    }
}

TEST_CASE("an event that always fails waits longer and longer while the others get through") {
    Desk desk;
    for (const auto expected : {1s, 2s, 4s, 8s, 16s, 32s}) {
        REQUIRE(desk.offer(events(1, 4)) == Action::deliver);
        REQUIRE(desk.plan.page().size() == 4);
        desk.try_with({retry(), delivered(), delivered(), delivered()});
        CHECK(desk.settle() == "2 3 4");
        CHECK_FALSE(desk.plan.breaker().is_open());
        desk.offer(events(1, 4));
        CHECK(desk.wait() == expected);
        desk.pass(expected);
    }
}

TEST_CASE("with failures: 0 the breaker stays closed, and a dead receiver still gets one event at a time") {
    Desk desk({.breaker = {.failures = 0}});
    for (int attempt = 0; attempt < 20; ++attempt) {
        if (desk.offer(events(1, 10)) == Action::wait) desk.pass(desk.wait());
        REQUIRE(desk.offer(events(1, 10)) == Action::deliver);
        if (attempt > 0) CHECK(desk.plan.page().size() == 1);
        desk.try_with({retry()});
        CHECK_FALSE(desk.plan.breaker().is_open());
    }
}

TEST_CASE("while the breaker is open, old events still become dead letters") {
    Desk desk({.max_age = 1h});
    break_it(desk);
    std::string settled;
    while (settled.empty()) {
        const Action action = desk.offer(events(1, 10));
        if (action == Action::wait) desk.pass(desk.wait());
        if (action == Action::deliver) desk.try_with({retry()});
        settled = desk.settle();
    }
    CHECK(settled == "dead:1 dead:2 dead:3 dead:4 dead:5 dead:6 dead:7 dead:8 dead:9 dead:10");
    CHECK(desk.now.journal == start_of_time + 1h);
    CHECK(desk.plan.breaker().is_open());
}

TEST_CASE("a requested retry is made at once, and its outcome counts like any other") {
    Desk desk;
    for (int failure = 0; failure < 8; ++failure) {
        REQUIRE(desk.offer(events(1, 10)) == Action::deliver);
        desk.try_with({retry()});
        if (failure < 7) desk.pass(desk.wait());
    }
    REQUIRE(desk.plan.breaker().is_open());
    const auto before = desk.wait();
    CHECK(before > 1min);
    desk.plan.hurry();
    REQUIRE(desk.offer(events(1, 10)) == Action::deliver);
    CHECK(desk.plan.page().size() == 1);  // a probe
    desk.try_with({retry()});
    CHECK(desk.plan.failing()->in_a_row == 9);
    CHECK(desk.plan.breaker().is_open());
    CHECK(desk.wait() > before);  // one attempt, no more

    desk.plan.hurry();
    REQUIRE(desk.offer(events(1, 10)) == Action::deliver);
    desk.try_with({delivered()});
    CHECK_FALSE(desk.plan.breaker().is_open());
    CHECK(desk.settle() == "1");
    CHECK(desk.plan.page().size() == 9);
}

TEST_CASE("a requested retry is made even if the receiver said that it is gone") {
    Desk desk;
    REQUIRE(desk.offer(events(1, 1)) == Action::deliver);
    desk.try_with({gone()});
    CHECK(desk.wait() == 1h);
    desk.plan.hurry();
    CHECK(desk.offer(events(1, 1)) == Action::deliver);
}
