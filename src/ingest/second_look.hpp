// Schedules the check of bodies in their JSON.stringify form for clients that failed too often, because it
// takes longer than everything else about a refusal: one after the other, for all such clients together, at a
// pace that leaves the processor to the others. Nobody is refused for it, only answered later. Any thread;
// the time is passed in.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>

namespace chathook::ingest {

class SecondLook {
public:
    using Time = std::chrono::steady_clock::time_point;

    // The worst known cost is 20 ns a byte, so this rate uses at most 1/6 of a core. limits.inflight_bytes
    // (24 MiB) bounds the wait: 3 s.
    static constexpr std::size_t bytes_per_second = std::size_t{8} << 20;
    static constexpr std::size_t bytes_least = 1024;  // added to each body's size: the fixed cost of a check

    // Reserves a turn for a body of this size and returns how long to wait for it. Zero: at once.
    std::chrono::nanoseconds turn(std::size_t body_bytes, Time now) noexcept;

private:
    std::atomic<Time::rep> free_at_{0};  // when all reserved turns are over
};

}  // namespace chathook::ingest
