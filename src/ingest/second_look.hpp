// When a client that failed too often may have a body looked at in its JSON.stringify form, which takes
// longer than everything else about a refusal: in turn, all such clients together at a pace that leaves the
// processor to the others. Nobody is refused for it, only answered later. Any thread; the time is handed in.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>

namespace chathook::ingest {

class SecondLook {
public:
    using Time = std::chrono::steady_clock::time_point;

    // At 20 ns a byte, the slowest that is known, a sixth of one processor. limits.inflight_bytes (64 MiB)
    // bounds the wait: 8 s.
    static constexpr std::size_t bytes_per_second = std::size_t{8} << 20;
    static constexpr std::size_t bytes_least = 1024;  // what a look costs, however short the body

    // The turn of a body of so many bytes: how long from now. Zero: at once.
    std::chrono::nanoseconds turn(std::size_t body_bytes, Time now) noexcept;

private:
    std::atomic<Time::rep> free_at_{0};  // when everybody who has a turn has had it
};

}  // namespace chathook::ingest
