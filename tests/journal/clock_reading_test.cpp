#include "journal/clock_reading.hpp"

#include <catch2/catch.hpp>

#include <sys/timex.h>

#include "support/clock.hpp"

using namespace chathook;
using namespace chathook::journal;
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
