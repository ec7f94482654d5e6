// The newest committed events in memory, so that sinks that keep up need not read from the database what was
// written a moment ago. The writer fills it; any reader takes from it. Only what some sink is about to ask
// for is kept, and no more than recent_bytes_max; everything else is the database's.
#pragma once

#include <array>
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

// Forty milliseconds of thirty thousand events a second; a busy file sink lets twenty-five gather. One that
// is further behind reads in large pages anyway.
inline constexpr std::size_t recent_bytes_max = 2 << 20;

class Recent {
public:
    // An event that the transaction added; they come in the order of their sequences, without a gap.
    struct Added {
        std::uint64_t sequence = 0;
        SinkSet routed = 0;
        std::shared_ptr<const Event> event;
    };

    // The writer, once the transaction is on the disk: what it added, how far each sink is after it, and for
    // which sinks that is not all: they have settled out of order, so only the database knows what waits.
    void committed(std::vector<Added> added, const Counts& counts, SinkSet scattered);

    // Forgets all: the writer, before records are changed or taken out.
    void clear();

    // What the sink is due, as Reader::due() answers it; nothing: ask the database. Any thread.
    std::optional<std::vector<Delivery>> due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                             std::size_t bytes_max) const;

    std::size_t bytes() const;

private:
    struct Kept {
        SinkSet routed = 0;
        std::size_t bytes = 0;
        std::shared_ptr<const Event> event;
    };
    struct Standing {
        std::uint64_t passed = 0;  // up to here nothing waits for the sink
        bool plain = false;        // above it everything that is routed to the sink waits, and nothing else
    };

    std::uint64_t first() const noexcept { return newest_ - events_.size() + 1; }
    bool serves(const Standing& sink) const noexcept { return sink.plain && sink.passed + 1 >= first(); }
    void drop_first(std::size_t count, std::vector<Kept>& dropped);
    std::size_t passed_by_all(const Counts& counts) const;

    mutable std::mutex mutex_;
    std::uint64_t newest_ = 0;
    std::deque<Kept> events_;  // up to newest_, without a gap
    std::size_t bytes_ = 0;
    std::array<Standing, sinks_max> sinks_{};
};

}  // namespace chathook::journal
