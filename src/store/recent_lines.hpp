// The sets of sinks of the newest events, in memory: settling needs every event's line of the ledger, which
// is nearly always one of these. Writer's thread only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "format/sink_sets.hpp"

namespace chathook::store {

class RecentLines {
public:
    static constexpr std::size_t lines_max = 4096;

    // Event `sequence` is routed to the set with the number `set`. The next call is for sequence + 1 or,
    // after a rollback, a lower one.
    void add(std::uint64_t sequence, std::uint32_t set) {
        if (begin_ == 0) begin_ = sequence;
        sets_[sequence % lines_max] = set;
        top_ = std::max(top_, sequence);
    }

    // Where an event up to `newest`, which is the newest one now, is routed to; nothing: read the ledger.
    std::optional<Routes> routes(std::uint64_t sequence, std::uint64_t newest) const noexcept {
        // An event that was rolled back has overwritten the one that is lines_max older all the same.
        if (begin_ == 0 || sequence < begin_ || sequence > newest || sequence + lines_max <= top_) {
            return std::nullopt;
        }
        return Routes{sets_[sequence % lines_max], false};
    }

private:
    std::vector<std::uint32_t> sets_ = std::vector<std::uint32_t>(lines_max);
    std::uint64_t begin_ = 0;  // the first that was added; 0: none
    std::uint64_t top_ = 0;    // the highest that was ever added
};

}  // namespace chathook::store
