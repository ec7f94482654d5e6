#include "ingest/second_look.hpp"

#include <algorithm>

namespace chathook::ingest {

std::chrono::nanoseconds SecondLook::turn(std::size_t body_bytes, Time now) noexcept {
    constexpr double nanoseconds_per_byte = 1e9 / bytes_per_second;
    const auto cost =
        static_cast<Time::rep>(static_cast<double>(body_bytes + bytes_least) * nanoseconds_per_byte);
    const Time::rep time = now.time_since_epoch().count();
    Time::rep free_at = free_at_.load(std::memory_order_relaxed);
    Time::rep begin = std::max(free_at, time);
    while (!free_at_.compare_exchange_weak(free_at, begin + cost, std::memory_order_relaxed)) {
        begin = std::max(free_at, time);
    }
    return std::chrono::nanoseconds(begin - time);
}

}  // namespace chathook::ingest
