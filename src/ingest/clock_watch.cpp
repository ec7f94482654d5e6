#include "ingest/clock_watch.hpp"

#include "support/log.hpp"

namespace chathook::ingest {

void ClockWatch::stale(const std::string& source, std::chrono::microseconds skew, Time now) {
    const std::uint64_t times = pace_.due(now);
    if (times == 0) return;
    log(LogLevel::warning, "clocks_apart",
        {{"source", source}, {"hint", clock_hint(skew)}, {"times", std::to_string(times)}});
}

std::string clock_hint(std::chrono::microseconds skew) {
    const auto apart = std::chrono::round<std::chrono::seconds>(std::chrono::abs(skew)).count();
    const std::string text = "a rightly signed time lies " + std::to_string(apart) + " s ";
    // A replay cannot explain this: nobody can have recorded a request before it is signed.
    if (skew.count() < 0) {
        return text +
               "ahead of this machine's clock: this clock is behind or the sender's ahead; see timedatectl "
               "for whether NTP keeps this one";
    }
    return text +
           "behind this machine's clock: this clock is ahead, the sender's behind, or an old webhook was "
           "sent again; see timedatectl for whether NTP keeps this one, then timestamp_tolerance";
}

}  // namespace chathook::ingest
