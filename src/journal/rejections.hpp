// Refused requests on their way into the journal, and their table. Whoever refuses puts them into the inbox
// and goes on; the writer writes them down when that holds nobody up. Lossy on purpose: a flood of forged
// requests must cost neither memory nor the disk's time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <vector>

#include "journal/journal.hpp"
#include "journal/sqlite.hpp"

namespace chathook::journal {

// Any thread.
class RejectionInbox {
public:
    static constexpr std::size_t entries_max = 256;
    static constexpr std::size_t raw_bytes_max = 4 << 20;    // beyond: entries without their raw request
    static constexpr std::size_t taken_bytes_max = 1 << 20;  // of raw requests; one at least is taken

    // Never waits for anything but another put() or take(). What does not fit is only counted.
    void put(Rejection rejection) noexcept;

    // The oldest, for one transaction.
    std::vector<Rejection> take();
    bool empty() const noexcept { return entries_ == 0; }

    // Some that were taken could not be written down.
    void lost(std::size_t entries) noexcept { unrecorded_ += entries; }
    std::uint64_t unrecorded() const noexcept { return unrecorded_; }

private:
    std::mutex mutex_;
    std::deque<Rejection> waiting_;
    std::size_t raw_bytes_ = 0;
    std::atomic<std::size_t> entries_{0};
    std::atomic<std::uint64_t> unrecorded_{0};
};

// Writer thread only; throws SqliteError. Changes stand between the store's begin() and commit().
class RejectionTable {
public:
    RejectionTable(Database& database, const JournalSettings& settings);

    // Writes them down and forgets what is too much then.
    void record(std::span<const Rejection> rejections);

    std::size_t forget(std::span<const std::uint64_t> numbers);

    // Whether some are too old; asked every second.
    bool has_old(Instant now);
    void forget_old(Instant now);

private:
    void forget_surplus();

    Database& database_;
    std::size_t keep_;
    std::chrono::microseconds age_;
    Statement insert_, forget_, surplus_, oldest_, old_;
};

}  // namespace chathook::journal
