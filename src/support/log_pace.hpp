// Rate limit for a log line that an outsider can cause at will: at most one line per interval (default: one
// second), with the number of occurrences it stands for. Any thread; the caller passes the time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace chathook {

class LogPace {
public:
    using Time = std::chrono::steady_clock::time_point;

    LogPace() = default;
    explicit LogPace(std::chrono::seconds interval) : interval_(interval) {}

    // To be called for each occurrence. 0: do not log this one; otherwise the number of occurrences since the
    // last line, this one included.
    std::uint64_t due(Time now) noexcept {
        ++happened_;
        Time::rep next = next_.load();
        if (now.time_since_epoch().count() < next) return 0;
        if (!next_.compare_exchange_strong(next, (now + interval_).time_since_epoch().count())) return 0;
        return happened_.exchange(0);
    }

private:
    const std::chrono::seconds interval_{1};

    std::atomic<std::uint64_t> happened_{0};
    std::atomic<Time::rep> next_{Time::min().time_since_epoch().count()};
};

}  // namespace chathook
