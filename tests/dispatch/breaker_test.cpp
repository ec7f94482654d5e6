#include "dispatch/breaker.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using chathook::dispatch::Breaker;
using State = Breaker::State;

TEST_CASE("the breaker opens after `failures` failures in a row and closes with the first success") {
    Breaker breaker({.failures = 3, .pause = 5s});
    breaker.failed(1, 0s, false);
    breaker.failed(2, 0s, false);
    CHECK(breaker.state() == State::closed);
    breaker.failed(3, 0s, false);
    CHECK(breaker.state() == State::open);
    breaker.probing();
    CHECK(breaker.state() == State::half_open);
    CHECK(breaker.is_open());
    breaker.failed(4, 0s, false);
    CHECK(breaker.state() == State::open);
    breaker.probing();
    breaker.alive();
    CHECK(breaker.state() == State::closed);
    breaker.probing();
    CHECK(breaker.state() == State::closed);
}

TEST_CASE("an open breaker lengthens short waits and leaves long ones unchanged") {
    Breaker breaker({.failures = 1, .pause = 5s});
    CHECK(breaker.wait(1ms) == 1ms);
    breaker.failed(1, 0s, false);
    CHECK(breaker.wait(1ms) == 5s);
    CHECK(breaker.wait(1h) == 1h);
}

TEST_CASE("a receiver that says it is gone opens the breaker at once, even one that never opens") {
    Breaker breaker({.failures = 0, .pause = 5s});
    breaker.failed(1'000'000, 0s, false);
    CHECK(breaker.state() == State::closed);
    breaker.failed(1, 0s, true);
    CHECK(breaker.state() == State::open);
    breaker.alive();
    CHECK(breaker.state() == State::closed);
}

TEST_CASE("a receiver that hangs opens the breaker with its second failure after half a minute") {
    Breaker breaker({.failures = 5});
    breaker.failed(1, 60s, false);
    CHECK_FALSE(breaker.is_open());
    breaker.failed(2, 29s, false);
    CHECK_FALSE(breaker.is_open());
    breaker.failed(3, 30s, false);
    CHECK(breaker.is_open());
    Breaker never({.failures = 0});
    never.failed(3, 1h, false);
    CHECK_FALSE(never.is_open());
}
