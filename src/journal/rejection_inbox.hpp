// Refused requests that wait to be recorded. A network thread puts them into the inbox and continues; the
// writer records them when that delays no event. Requests may be dropped on purpose: a flood of forged ones
// must cost neither memory nor the disk's time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "journal/ledgers.hpp"
#include "support/metrics.hpp"

namespace chathook::journal {

// Any thread.
class RejectionInbox {
public:
    static constexpr std::size_t entries_max = 256;
    static constexpr std::size_t raw_bytes_max = 4 << 20;    // beyond: kept without their raw request
    static constexpr std::size_t taken_bytes_max = 1 << 20;  // of raw requests; at least one is taken

    // `metrics` outlive this.
    explicit RejectionInbox(JournalMetrics& metrics) : metrics_(metrics) {}

    // Waits for nothing except another put() or take(). What does not fit is only counted.
    void put(Rejection rejection) noexcept;

    // Takes out the oldest ones, as many as one transaction should record.
    std::vector<Rejection> take();
    bool empty() const noexcept { return entries_ == 0; }

    // For requests that were dropped, or that were taken and could not be recorded.
    void count_unrecorded(std::size_t entries) noexcept;
    std::uint64_t unrecorded() const noexcept { return unrecorded_; }

private:
    JournalMetrics& metrics_;
    std::mutex mutex_;
    std::deque<Rejection> waiting_;
    std::size_t raw_bytes_ = 0;
    std::atomic<std::size_t> entries_{0};
    std::atomic<std::uint64_t> unrecorded_{0};
};

}  // namespace chathook::journal
