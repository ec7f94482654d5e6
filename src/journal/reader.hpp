// A read-only view of the journal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <chathook/error.hpp>
#include <chathook/event.hpp>
#include <chathook/sink.hpp>

#include "journal/ledgers.hpp"
#include "journal/parcel.hpp"

namespace chathook::journal {

// Has a connection of its own. One thread at a time. Statements end before a call returns, so that a reader
// never keeps the write-ahead log from being emptied between two calls.
class Reader {
public:
    virtual ~Reader() = default;

    // Events behind `after` that are routed to `sink` and not settled, in the order of their sequences: at
    // most `events_max`, and no more than `bytes_max` unless the first alone is larger. attempt is 1. If
    // these leave room, up to 32 events that are due again follow, in the order of their sequences.
    virtual Result<std::vector<Delivery>> due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                              std::size_t bytes_max) = 0;

    // The events that are due for `sink` and were tried in vain, with their attempts, up to a thousand: what
    // its thread knew before a restart.
    struct Tried {
        std::uint64_t sequence = 0;
        unsigned attempts = 0;
    };
    virtual Result<std::vector<Tried>> tried(SinkNumber sink) = 0;

    // How many events are due for `sink`. Events that are due again may have any age, so they are not
    // considered for the oldest one.
    struct Backlog {
        std::uint64_t events = 0;
        std::uint64_t again = 0;  // of these: those that are due again
        std::uint64_t dead = 0;
        std::optional<Instant> oldest_received{};      // of those that wait for their first delivery
        std::optional<Instant> oldest_counted_from{};  // the same on the journal's own clock: for its age
    };
    virtual Result<Backlog> backlog(SinkNumber sink) = 0;

    struct Row {
        std::uint64_t sequence = 0;
        std::shared_ptr<const Event> event;
    };
    // Reads some thousands of records at most: a call may find nothing and, with `more`, not be at the end.
    virtual Result<Found<Row>> find(const Query& query) = 0;

    // The event's state at every sink that it was routed or redelivered to, in the order of their numbers;
    // empty if its record was deleted.
    virtual Result<std::vector<Fate>> fates(std::uint64_t sequence) = 0;

    // The request that the event came in; nothing if it came alone, or if neither of them is stored (any
    // more) as it was written. Reads up to request_body_max bytes twice.
    virtual Result<std::optional<StoredRequest>> request_of(std::uint64_t sequence) = 0;

    virtual Result<Found<DeadLetter>> dead(const DeadQuery& query) = 0;

    // In the order of their numbers, without those that were not recorded yet (within a second).
    virtual Result<Found<RecordedRejection>> rejections(const RejectionQuery& query) = 0;
    // With its raw request; nothing if it was deleted.
    virtual Result<std::optional<RecordedRejection>> rejection(std::uint64_t number) = 0;

    // All sinks that were ever numbered, in the order of their numbers.
    virtual Result<std::vector<KnownSink>> sinks() = 0;

    // The newest event of every source from which one was ever stored, in the order of their names, also if
    // that event was deleted. (A journal that an earlier version wrote begins with its newest 200,000
    // events.)
    virtual Result<std::vector<LastEvent>> last_events() = 0;
};

}  // namespace chathook::journal
