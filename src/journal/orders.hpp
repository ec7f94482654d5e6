// The part of the journal for an operator's orders: changes of what is settled, and of what is recorded about
// refused requests. Each call blocks until it is durable and takes at most changes_max sequences or numbers;
// any thread but the writer's. They fail with journal_full, journal_failed or shutting_down; then nothing has
// changed, except that erase() may have begun.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <chathook/error.hpp>

#include "journal/ledgers.hpp"
#include "journal/questions.hpp"

namespace chathook::journal {

class Orders : public virtual Questions {
public:
    // Makes events due for `sink` once more: dead letters, which are none any longer, and events that were
    // delivered, discarded or never routed to it. Returns how many. Not counted: events that are due anyway,
    // and those without a record. The sink is notified as of new events, which are delivered first.
    virtual Result<std::size_t> redeliver(SinkNumber sink, std::vector<std::uint64_t> sequences) = 0;

    // Discards dead letters; returns how many there were. Their records are kept like delivered ones.
    virtual Result<std::size_t> discard(SinkNumber sink, std::vector<std::uint64_t> sequences) = 0;

    // Removes records with everything that says more about them than that they existed: dead letters and what
    // is due again. Sinks that wait for them skip them. The same webhook again is still a duplicate. Works in
    // several small transactions.
    // Copies in memory are reached, too: before anything changes, every holding has to release the sequences,
    // for which it has recall_patience; deliveries that a sink cannot stop by then are reported as under way.
    // Once this has returned nobody begins to deliver what was erased.
    virtual Result<Erased> erase(std::vector<std::uint64_t> sequences,
                                 std::vector<std::uint64_t> rejections) = 0;

    // After the last erase(): empties the log into the database, so that neither contains a byte of what was
    // erased. Fails with commit_timeout when other programs' readers do not release the log in time.
    virtual Result<Sealed> seal_erasure() = 0;
};

class RejectionOrders : public virtual Questions {
public:
    // Records at once what RejectionIntake::reject() was given before, so that readers find it.
    virtual Result<void> record_rejections() = 0;

    // The same for a caller that only reads: costs no transaction if nothing waits, and leaves what waits
    // where it is if the disk has no room for it. Fails with commit_timeout after `patience`; then the writer
    // records it as soon as it can.
    virtual Result<void> record_rejections_within(std::chrono::milliseconds patience) = 0;

    virtual Result<std::size_t> forget_rejections(std::vector<std::uint64_t> numbers) = 0;
};

}  // namespace chathook::journal
