// Reads the clocks of the machine. Any thread, except for ClockReader.
#pragma once

#include <chrono>

#include <chathook/time.hpp>

namespace chathook {

// The values of all clocks at one instant.
struct ClockReading {
    std::chrono::microseconds boot{};  // CLOCK_BOOTTIME: includes the time while the machine is suspended
    Instant wall{};                    // CLOCK_REALTIME
    bool synchronised = false;         // as an NTP client or the like told the kernel
};

ClockReading read_clock() noexcept;

// Without asking whether the clock is synchronised.
ClockReading read_both_clocks() noexcept;

std::chrono::microseconds boot_time() noexcept;

// Whether the kernel reports that the wall clock is synchronised. False if the process may not ask.
bool clock_is_synchronised() noexcept;

// Reads them often: it asks the kernel whether the clock is synchronised, which is a system call, only every
// 100 ms, and whenever the wall clock was set. One thread.
class ClockReader {
public:
    // `read_both` reads everything but `synchronised`, which `ask` tells.
    explicit ClockReader(ClockReading (*read_both)() noexcept = read_both_clocks,
                         bool (*ask)() noexcept = clock_is_synchronised) noexcept
        : read_both_(read_both), ask_(ask) {}

    ClockReading operator()() noexcept;

private:
    ClockReading (*read_both_)() noexcept;
    bool (*ask_)() noexcept;
    ClockReading last_{};  // when the kernel was asked
};

}  // namespace chathook
