// The part of the journal for a sink's thread: what is due, and the record of how deliveries ended.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include <chathook/error.hpp>

#include "journal/holding.hpp"
#include "journal/ledgers.hpp"
#include "journal/questions.hpp"

namespace chathook::journal {

class Deliveries : public virtual Questions {
public:
    // Records how deliveries to `sink` ended, and attempts that failed; returns once that is durable. Blocks;
    // the sink's own thread.
    virtual Result<void> settle(SinkNumber sink, std::vector<Settlement> settlements) = 0;

    // A sink that keeps events of its reader in memory for longer than a call adds a holding before it reads
    // the first one, so that Orders::erase() reaches these copies, too. Valid until it is destroyed.
    virtual void add_holding(SinkNumber sink, const std::shared_ptr<Holding>& holding) = 0;

    // Calls `listener` after Orders::redeliver() made something due for a sink, on that caller's thread.
    virtual std::size_t subscribe_redelivered(std::function<void(SinkNumber sink)> listener) = 0;

    // The journal's own clock, by which the age of everything in it is measured. It follows the wall clock
    // except for that clock's jumps, and never goes back: see age_clock.hpp. Any thread.
    virtual Instant clock() const noexcept = 0;
};

}  // namespace chathook::journal
