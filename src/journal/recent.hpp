// The newest committed events in memory, so that sinks that keep up need not read from the database what was
// written a moment ago. The writer adds to it; any reader reads from it. It keeps only what some sink is
// about to ask for, and no more than recent_bytes_max; everything else is read from the database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <chathook/event.hpp>
#include <chathook/sink.hpp>

#include "journal/ledgers.hpp"
#include "journal/progress.hpp"

namespace chathook::journal {

// Enough for forty milliseconds at thirty thousand events a second; a busy file sink is up to twenty-five
// milliseconds behind. A sink that is further behind reads large pages anyway.
inline constexpr std::size_t recent_bytes_max = 2 << 20;

class Recent {
public:
    // An event that a transaction added. They are passed in the order of their sequences, without a gap.
    struct Added {
        std::uint64_t sequence = 0;
        SinkSet routed;
        std::shared_ptr<const Event> event;
    };

    // For the writer, once the transaction is on the disk: the events that it added and each sink's progress
    // after it.
    void committed(std::vector<Added> added, const Counts& counts);

    // Drops everything. For the writer, before it changes or removes records.
    void clear();

    // What is due for the sink, as Reader::due() returns it; nothing: ask the database. Any thread.
    std::optional<std::vector<Delivery>> due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                             std::size_t bytes_max) const;

    std::size_t bytes() const;

private:
    struct Kept {
        SinkSet routed;
        std::size_t bytes = 0;
        std::shared_ptr<const Event> event;
    };
    struct SinkState {
        std::uint64_t passed = 0;  // nothing up to here waits for the sink
        bool waits_in_order =
            false;  // above `passed` everything that is routed to the sink waits, and nothing else
    };

    std::uint64_t first() const noexcept { return newest_ - events_.size() + 1; }
    bool serves(const SinkState& sink) const noexcept {
        return sink.waits_in_order && sink.passed + 1 >= first();
    }
    void drop_first(std::size_t count, std::vector<Kept>& dropped);
    std::size_t passed_by_all(const Counts& counts) const;

    mutable std::mutex mutex_;
    std::uint64_t newest_ = 0;
    std::deque<Kept> events_;  // the last one is newest_; without a gap
    std::size_t bytes_ = 0;
    std::vector<SinkState> sinks_;  // by number
};

}  // namespace chathook::journal
