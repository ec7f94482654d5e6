#include "journal/clock_reading.hpp"

#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "support/clock.hpp"

namespace chathook::journal {
namespace {

using std::chrono::microseconds;

// A reading may be interrupted between its two clocks, and a longer interruption than this could look like a
// jump.
constexpr std::chrono::milliseconds reading_max{100};
constexpr int tries_max = 5;

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

ClockReading read_clock() noexcept {
    ClockReading reading;
    for (int tries = 0; tries < tries_max; ++tries) {
        reading.boot = boot_time();
        reading.wall = chathook::now();
        if (boot_time() - reading.boot < reading_max) break;
    }
    reading.synchronised = clock_is_synchronised();
    return reading;
}

}  // namespace chathook::journal
