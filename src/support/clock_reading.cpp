#include "support/clock_reading.hpp"

#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include <chrono>

#include "support/clock.hpp"

namespace chathook {
namespace {

using std::chrono::microseconds;

// A reading may be interrupted between its two clocks, and a longer interruption than this could look like a
// jump.
constexpr std::chrono::milliseconds reading_max{100};
constexpr int tries_max = 5;

constexpr std::chrono::milliseconds asking_interval{100};
// More than a clock that is slewed departs in that time (500 ppm, adjtimex(2)), and less than a clock that
// was set.
constexpr std::chrono::milliseconds slewed_max{1};

}  // namespace

microseconds boot_time() noexcept {
    ::timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return std::chrono::seconds{time.tv_sec} + microseconds{time.tv_nsec / 1000};
}

// See adjtimex(2). glibc calls clock_adjtime, which seccomp filters forbid more often than adjtimex itself.
bool clock_is_synchronised() noexcept {
    ::timex state{};
    int answer = ::adjtimex(&state);
#ifdef SYS_adjtimex
    if (answer < 0) {
        state = {};
        answer = static_cast<int>(::syscall(SYS_adjtimex, &state));
    }
#endif
    return answer >= 0 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

ClockReading read_both_clocks() noexcept {
    ClockReading reading;
    for (int tries = 0; tries < tries_max; ++tries) {
        reading.boot = boot_time();
        reading.wall = chathook::now();
        if (boot_time() - reading.boot < reading_max) break;
    }
    return reading;
}

ClockReading read_clock() noexcept {
    ClockReading reading = read_both_clocks();
    reading.synchronised = clock_is_synchronised();
    return reading;
}

ClockReading ClockReader::operator()() noexcept {
    ClockReading reading = read_both_();
    const microseconds passed = reading.boot - last_.boot;
    const bool was_set = std::chrono::abs(reading.wall - last_.wall - passed) > slewed_max;
    if (passed < asking_interval && !was_set) {
        reading.synchronised = last_.synchronised;
        return reading;
    }
    reading.synchronised = ask_();
    last_ = reading;
    return reading;
}

}  // namespace chathook
