// Logs that our clock and a sender's differ: correctly signed requests refused for their signed time are the
// first sign of a machine without NTP. Any thread; the time is passed in.
#pragma once

#include <chrono>
#include <string>

#include "support/log_pace.hpp"

namespace chathook::ingest {

class ClockWatch {
public:
    using Time = LogPace::Time;

    static constexpr std::chrono::seconds interval{60};  // between two log lines, for all sources together

    // `skew`: how far the signed time lies before ours, negative if it lies ahead. Call it only for a right
    // signature: a forger could use it to write to the log.
    void stale(const std::string& source, std::chrono::microseconds skew, Time now);

private:
    LogPace pace_{interval};
};

// A text that says what may be wrong and where to look.
std::string clock_hint(std::chrono::microseconds skew);

}  // namespace chathook::ingest
