// The last hour of the counters: samples, one a minute, of what has changed since the one before. A source to
// which nothing comes costs nothing; a thousand that are accepted, repeated and refused for six reasons in
// every minute cost 4 MiB. Pure, times are passed in; one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "status/report.hpp"
#include "support/metrics.hpp"

namespace chathook::status {

class Window {
public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::minutes length{60};  // the most that last() can tell
    static constexpr std::size_t samples_max = 61;     // the ends of sixty minutes

    Window(Time start, const MetricCounts& counts) { add(start, counts); }

    // Takes a sample. Times and counts never decrease.
    void add(Time at, const MetricCounts& counts);

    // What was counted between the sample that is so old, or the first one, and `counts`, which are those of
    // `now`.
    Hour last(std::chrono::minutes length, Time now, const MetricCounts& counts) const;

    std::size_t samples() const noexcept { return samples_.size(); }
    std::size_t changes() const noexcept;  // that are kept, of all samples

private:
    enum class Kind : std::uint8_t { accepted, duplicate, refused };
    using Series = std::tuple<std::string, Kind, std::string>;  // source, and the reason of `refused`

    struct Change {
        std::uint32_t series = 0;
        std::uint32_t by = 0;
    };
    struct Sample {
        Time at;
        std::vector<Change> changes;         // since the sample before
        std::vector<std::uint64_t> answers;  // since the start
    };

    template <class Take>
    static void each(const MetricCounts& counts, const Take& take);
    static void note(SourceHour& source, const Series& series, std::uint64_t count);

    std::map<Series, std::uint32_t> numbers_;  // of the series that are not zero
    std::vector<std::uint64_t> last_;          // by number: the counts of the last sample
    std::deque<Sample> samples_;               // never empty
};

}  // namespace chathook::status
