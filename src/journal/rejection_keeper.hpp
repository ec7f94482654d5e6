// Decides how many refused requests are kept and for how long, and has the engine forget the others, oldest
// first. Writer thread only; throws EngineError.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "journal/engine.hpp"
#include "journal/ledgers.hpp"
#include "journal/settings.hpp"

namespace chathook::journal {

class RejectionKeeper {
public:
    // `engine` outlives this.
    RejectionKeeper(Engine& engine, const JournalSettings& settings);

    // In a transaction: records them and forgets some of those that are too many then. `now` here and below:
    // on the journal's clock, by which their age is counted from when they are recorded.
    void record(std::span<const Rejection> rejections, Instant now);

    // Whether some are too many or too old; asked every second, outside of a transaction.
    bool has_surplus(Instant now);

    // In a transaction: forgets the oldest of these, as many as one transaction should, by number and by
    // bytes.
    void forget_surplus(Instant now);

private:
    std::vector<std::uint64_t> surplus(Instant now);

    Engine& engine_;
    const std::size_t keep_;
    const std::chrono::microseconds age_;
    bool may_be_too_many_ = true;
};

}  // namespace chathook::journal
