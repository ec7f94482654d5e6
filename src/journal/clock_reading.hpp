// Reads the clocks of the machine. Any thread.
#pragma once

#include <chrono>

#include <chathook/time.hpp>

namespace chathook::journal {

// The values of all clocks at one instant.
struct ClockReading {
    std::chrono::microseconds boot{};  // CLOCK_BOOTTIME: includes the time while the machine is suspended
    Instant wall{};                    // CLOCK_REALTIME
    bool synchronised = false;         // as an NTP client or the like told the kernel
};

ClockReading read_clock() noexcept;

std::chrono::microseconds boot_time() noexcept;

// Whether the kernel reports that the wall clock is synchronised. False if the process may not ask.
bool clock_is_synchronised() noexcept;

}  // namespace chathook::journal
