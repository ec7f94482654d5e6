#include "support/clock_reading.hpp"

#include <catch2/catch.hpp>

#include <sys/timex.h>

#include "support/clock.hpp"

using namespace chathook;
using namespace std::chrono_literals;

TEST_CASE("a reading contains all clocks at one instant") {
    const auto boot = boot_time();
    const Instant wall = chathook::now();
    const ClockReading reading = read_clock();
    CHECK(reading.boot >= boot);
    CHECK(reading.wall >= wall);
    CHECK(std::chrono::abs((reading.wall - reading.boot) - (wall - boot)) < 2s);
    CHECK(boot_time() >= reading.boot);
}

TEST_CASE("the clock is synchronised if the kernel reports so to NTP programs") {
    ::ntptimeval told{};
    const bool synchronised = ::ntp_gettime(&told) != TIME_ERROR;
    CHECK(clock_is_synchronised() == synchronised);
}

namespace {

ClockReading clocks;  // what the machine's clocks show
int asked = 0;        // how often the kernel was asked

ClockReading clocks_now() noexcept { return clocks; }
bool ask() noexcept { return ++asked % 2 == 1; }

void pass(std::chrono::microseconds time) {
    clocks.boot += time;
    clocks.wall += time;
}

}  // namespace

TEST_CASE("whether the clock is synchronised is asked ten times a second at most, and when it was set") {
    asked = 0;
    clocks = {.boot = 1h, .wall = chathook::now()};
    ClockReader read(clocks_now, ask);
    CHECK(read().synchronised);
    pass(99ms);
    CHECK(read().synchronised);
    CHECK(read().wall == clocks.wall);
    CHECK(asked == 1);
    pass(1ms);
    CHECK_FALSE(read().synchronised);
    CHECK(asked == 2);
    pass(10ms);
    clocks.wall -= 2ms;
    CHECK(read().synchronised);
    CHECK(asked == 3);
    pass(10ms);
    CHECK(read().synchronised);
    CHECK(asked == 3);
}
