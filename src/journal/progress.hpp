// The progress of every sink, which the writer publishes and every thread may read. In the other direction
// readers report damaged records to the writer. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <utility>

#include "journal/ledgers.hpp"

namespace chathook::journal {

// Exact at the last commit.
struct Counts {
    std::uint64_t newest = 0;                        // the last assigned sequence
    std::array<std::uint64_t, sinks_max> cursor{};   // everything up to here is settled or not routed
    std::array<std::uint64_t, sinks_max> waiting{};  // routed to the sink and not settled
    std::array<std::uint64_t, sinks_max> again{};    // to be delivered once more
    std::array<std::uint64_t, sinks_max> dead{};     // dead letters
};

class Progress {
public:
    // For the writer, after each commit.
    void publish(const Counts& counts) noexcept {
        for (unsigned sink = 0; sink < sinks_max; ++sink) {
            waiting_[sink].store(counts.waiting[sink], std::memory_order_relaxed);
            again_[sink].store(counts.again[sink], std::memory_order_relaxed);
            dead_[sink].store(counts.dead[sink], std::memory_order_relaxed);
        }
    }
    std::uint64_t waiting(SinkNumber sink) const noexcept { return waiting_[sink].load(); }
    std::uint64_t again(SinkNumber sink) const noexcept { return again_[sink].load(); }
    std::uint64_t dead(SinkNumber sink) const noexcept { return dead_[sink].load(); }

    // The sinks whose number was asked for since the journal was opened.
    void set_configured(SinkSet sinks) noexcept { configured_ = sinks; }
    SinkSet configured() const noexcept { return configured_.load(); }

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

    std::array<std::atomic<std::uint64_t>, sinks_max> waiting_{};
    std::array<std::atomic<std::uint64_t>, sinks_max> again_{};
    std::array<std::atomic<std::uint64_t>, sinks_max> dead_{};
    std::atomic<SinkSet> configured_{0};
    std::atomic<bool> reading_ended_{false};
    std::mutex mutex_;
    std::set<std::pair<SinkNumber, std::uint64_t>> damaged_;
    std::atomic<bool> malformed_{false};
};

}  // namespace chathook::journal
