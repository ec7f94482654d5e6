// The progress of every sink, which the writer publishes and every thread may read. In the other direction
// readers report damaged records to the writer. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "journal/ledgers.hpp"

namespace chathook::journal {

// Exact at the last commit.
struct SinkCounts {
    std::uint64_t cursor = 0;   // everything up to here is settled or not routed
    std::uint64_t waiting = 0;  // routed to the sink and not settled
    std::uint64_t again = 0;    // to be delivered once more
    std::uint64_t dead = 0;     // dead letters
    bool out_of_order = false;  // events behind the cursor are settled, so only a reader knows what waits

    friend bool operator==(const SinkCounts&, const SinkCounts&) = default;
};
struct Counts {
    std::uint64_t newest = 0;       // the last assigned sequence
    std::vector<SinkCounts> sinks;  // by number
};

class Progress {
public:
    // For the writer, after each commit.
    void publish(const Counts& counts) {
        const std::lock_guard lock(mutex_);
        sinks_ = counts.sinks;
    }
    // Nothing of a sink that is not numbered.
    SinkCounts of(SinkNumber sink) const {
        const std::lock_guard lock(mutex_);
        return sink < sinks_.size() ? sinks_[sink] : SinkCounts();
    }

    // The sinks whose number was asked for since the journal was opened.
    void set_configured(const SinkSet& sinks) {
        const std::lock_guard lock(mutex_);
        configured_ = sinks;
    }
    SinkSet configured() const {
        const std::lock_guard lock(mutex_);
        return configured_;
    }

    // The journal stops: readers abort their searches, because nobody waits for the results any more.
    void end_reading() noexcept { reading_ended_ = true; }
    const std::atomic<bool>& reading_ended() const noexcept { return reading_ended_; }

    // For a reader that found the record of `sequence` damaged; the writer makes it a dead letter of `sink`.
    // False if it was reported before, or if too many reports wait.
    bool report_damage(SinkNumber sink, std::uint64_t sequence) {
        const std::lock_guard lock(mutex_);
        return damaged_.size() < damaged_max && damaged_.emplace(sink, sequence).second;
    }
    std::set<std::pair<SinkNumber, std::uint64_t>> take_damaged() {
        const std::lock_guard lock(mutex_);
        return std::exchange(damaged_, {});
    }

    // For a reader that found the database or its log malformed.
    void report_malformed() noexcept { malformed_ = true; }
    bool take_malformed() noexcept { return malformed_.exchange(false); }

private:
    static constexpr std::size_t damaged_max = 4096;  // further ones are found again by the next read

    std::atomic<bool> reading_ended_{false};
    mutable std::mutex mutex_;  // guards what follows, but for the last
    std::vector<SinkCounts> sinks_;
    SinkSet configured_;
    std::set<std::pair<SinkNumber, std::uint64_t>> damaged_;
    std::atomic<bool> malformed_{false};
};

}  // namespace chathook::journal
