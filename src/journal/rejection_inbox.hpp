// Refused requests on their way into the journal. Whoever refuses puts them into the inbox and goes on; the
// writer writes them down when that holds nobody up. Lossy on purpose: a flood of forged requests must cost
// neither memory nor the disk's time.
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
    static constexpr std::size_t raw_bytes_max = 4 << 20;    // beyond: entries without their raw request
    static constexpr std::size_t taken_bytes_max = 1 << 20;  // of raw requests; one at least is taken

    // `metrics` outlive this.
    explicit RejectionInbox(JournalMetrics& metrics) : metrics_(metrics) {}

    // Never waits for anything but another put() or take(). What does not fit is only counted.
    void put(Rejection rejection) noexcept;

    // The oldest, for one transaction.
    std::vector<Rejection> take();
    bool empty() const noexcept { return entries_ == 0; }

    // Some that were taken could not be written down.
    void lost(std::size_t entries) noexcept;
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
