// Writes refused requests down, so that whoever looks for a webhook that did not come can find why. What it
// costs is bounded, however many are refused: beyond the pace they are only counted by the metrics. Any
// network thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

#include <chathook/request.hpp>

#include "ingest/routing.hpp"
#include "journal/journal.hpp"
#include "support/metrics.hpp"

namespace chathook::ingest {

// So many at once, and so many a second in the long run. Any thread; the time is handed in.
class RecordPace {
public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::int64_t burst = 250;
    static constexpr std::int64_t per_second = 100;

    bool admits(Time now) noexcept;

private:
    std::atomic<Time::rep> full_at_{0};  // when there will be room for a whole burst again
};

class Rejections {
public:
    // Both outlive this.
    Rejections(journal::Journal& journal, JournalMetrics& metrics) : journal_(journal), metrics_(metrics) {}

    // A whole request that `reason` condemned.
    void record(const Source& source, const Request& request, std::string_view reason,
                unsigned status) noexcept;

    // One whose body was not read to its end; `body_size` as http::Handler::refused_body() says.
    void record_head(const Source& source, const Request& request, std::string_view reason, unsigned status,
                     std::uint64_t body_size) noexcept;

private:
    bool admits() noexcept;

    journal::Journal& journal_;
    JournalMetrics& metrics_;
    RecordPace pace_;
};

}  // namespace chathook::ingest
