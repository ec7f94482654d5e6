// What the machine says of the time. Any thread.
#pragma once

#include <chrono>

#include <chathook/time.hpp>

namespace chathook::journal {

// All clocks at one instant.
struct ClockReading {
    std::chrono::microseconds boot{};  // CLOCK_BOOTTIME: counts while the machine is suspended, too
    Instant wall{};                    // CLOCK_REALTIME
    bool synchronised = false;         // the kernel has been told so, by an NTP client or the like
};

ClockReading read_clock() noexcept;

std::chrono::microseconds boot_time() noexcept;

// Whether the kernel says so. Where asking is forbidden, it does not.
bool clock_is_synchronised() noexcept;

}  // namespace chathook::journal
