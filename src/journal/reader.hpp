// What anybody may ask a journal: a read-only view of one engine, and the words of its answers.
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

namespace chathook::journal {

// A read-only view with its own connection. One thread at a time. Statements end before a call returns, so
// that no reader ever holds the write-ahead log back.
class Reader {
public:
    virtual ~Reader() = default;

    // Events routed to `sink` that are not settled, in journal order, from `after` on: at most `events_max`,
    // and no more than `bytes_max` unless the first alone is larger. attempt is 1. Where these leave room,
    // up to 32 that are due again follow, in journal order among themselves.
    virtual Result<std::vector<Delivery>> due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                              std::size_t bytes_max) = 0;

    // How many events are due for `sink`. What is due again may be of any age, so it does not count as old.
    struct Backlog {
        std::uint64_t events = 0;
        std::uint64_t again = 0;  // of these: to be delivered once more
        std::uint64_t dead = 0;
        std::optional<Instant> oldest_received{};      // of those that wait for their first delivery
        std::optional<Instant> oldest_counted_from{};  // the same on the journal's own clock: for its age
    };
    virtual Result<Backlog> backlog(SinkNumber sink) = 0;

    struct Row {
        std::uint64_t sequence = 0;
        std::shared_ptr<const Event> event;
    };
    // Looks at some thousands of records at most: with `more`, a call may find nothing and still not be at
    // the end.
    virtual Result<Found<Row>> find(const Query& query) = 0;

    // How far the event is with every sink that it was routed or sent again to, by number; none when its
    // record is gone.
    virtual Result<std::vector<Fate>> fates(std::uint64_t sequence) = 0;

    virtual Result<Found<DeadLetter>> dead(const DeadQuery& query) = 0;

    // Oldest first, without what is still to be written down (a second at most).
    virtual Result<Found<RecordedRejection>> rejections(const RejectionQuery& query) = 0;
    // With its raw request; nothing when it is not there any more.
    virtual Result<std::optional<RecordedRejection>> rejection(std::uint64_t number) = 0;

    // All that ever had a number, in order.
    virtual Result<std::vector<KnownSink>> sinks() = 0;
};

}  // namespace chathook::journal
