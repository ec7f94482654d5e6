// Records refused requests, so that whoever looks for a missing webhook can find why it was refused. The cost
// is bounded, however many are refused: beyond the pace they are only counted by the metrics. Any network
// thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <chathook/request.hpp>

#include "ingest/routing.hpp"
#include "journal/rejection_intake.hpp"
#include "support/metrics.hpp"

namespace chathook::ingest {

// Limit for a client's address in the log and in a rejection.
inline constexpr std::size_t client_bytes_max = 64;

// Limits recording to `burst` at once and `per_second` in the long run. Any thread; the time is passed in.
class RecordPace {
public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::int64_t burst = 250;
    static constexpr std::int64_t per_second = 100;

    bool admits(Time now) noexcept;

private:
    std::atomic<Time::rep> full_at_{0};  // when a whole burst will be allowed again
};

class Rejections {
public:
    // Both outlive this.
    Rejections(journal::RejectionIntake& journal, JournalMetrics& metrics)
        : journal_(journal), metrics_(metrics) {}

    // Records a request that was refused for `reason`. `unread`: its body was not read to its end, and is
    // this long, as in http::Handler::refused_body().
    void record(const Source& source, const Request& request, std::string_view reason, unsigned status,
                std::optional<std::uint64_t> unread) noexcept;

private:
    bool admits() noexcept;

    journal::RejectionIntake& journal_;
    JournalMetrics& metrics_;
    RecordPace pace_;
};

}  // namespace chathook::ingest
