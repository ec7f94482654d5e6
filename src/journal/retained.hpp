// What an engine lists of the rows that it stores, so that retention can decide which of them go. Plain
// values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include <chathook/time.hpp>

#include "journal/ledgers.hpp"

namespace chathook::journal {

// An event whose record is stored.
struct RetainedEvent {
    std::uint64_t sequence = 0;
    Instant received{};       // by the wall clock
    bool waits = false;       // some sink has not settled it for the first time
    bool is_held = false;     // it is a dead letter of some sink, or due again
    std::uint64_t bytes = 0;  // of the vendor's body; with the first of a request, of its envelope, too
};

// A line of the ledger, as it concerns one sink.
struct RetainedLine {
    std::uint64_t sequence = 0;
    Instant received{};  // by the wall clock
    bool waits = false;  // routed to the sink, which has not settled it for the first time
};

struct RetainedDeadLetter {
    std::uint64_t sequence = 0;
    SinkNumber sink = 0;
    Instant counted_from{};  // on the journal's clock
};

// Lines of the ledger that were committed together, and that are deleted together.
struct RetainedGroup {
    struct Oldest {
        std::uint64_t sequence = 0;
        Instant received{};  // by the wall clock
    };
    std::uint64_t first = 0;       // its first sequence, by which it is named
    std::optional<Oldest> oldest;  // nothing: its lines cannot be read
    bool has_records = false;      // an event of it is still stored
};

// A refused request that is recorded.
struct RetainedRejection {
    std::uint64_t number = 0;
    Instant counted_from{};   // on the journal's clock
    std::uint64_t bytes = 0;  // of the request itself, when that is kept
};

// Is called for one row after the other and returns whether it wants the next one. It does not call the
// engine.
template <class Row>
using VisitRow = std::function<bool(const Row& row)>;

}  // namespace chathook::journal
