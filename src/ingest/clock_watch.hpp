// Says in the log that two clocks are apart: rightly signed requests whose signed time is refused are the
// first that anybody notices of a machine without NTP. Any thread; the time is handed in.
#pragma once

#include <chrono>
#include <string>

#include "support/log_pace.hpp"

namespace chathook::ingest {

class ClockWatch {
public:
    using Time = LogPace::Time;

    static constexpr std::chrono::seconds interval{60};  // between two such lines, whatever the source

    // `skew`: how long before our time the signed one lies, negative where it is still to come. To be called
    // only where the signature was right: for a forger the line would be a way into the log.
    void stale(const std::string& source, std::chrono::microseconds skew, Time now);

private:
    LogPace pace_{interval};
};

// What may be wrong and where to look.
std::string clock_hint(std::chrono::microseconds skew);

}  // namespace chathook::ingest
