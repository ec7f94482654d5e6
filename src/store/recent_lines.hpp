// Where the newest events are routed to, in memory: settling looks at every event's line in the ledger, and
// nearly always at one of these. The writer's thread only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "store/words.hpp"

namespace chathook::store {

class RecentLines {
public:
    static constexpr std::size_t lines_max = 4096;

    // Event `sequence` is routed to `sinks`. The next one is sequence + 1 or, after a rollback, a lower one.
    void add(std::uint64_t sequence, SinkSet routed) {
        if (begin_ == 0) begin_ = sequence;
        routed_[sequence % lines_max] = routed;
        top_ = std::max(top_, sequence);
    }

    // Of an event up to `newest`, the newest that there is now; nothing: the ledger has to be asked.
    std::optional<SinkSet> routed(std::uint64_t sequence, std::uint64_t newest) const noexcept {
        // What a rollback took back has overwritten what stood lines_max before it all the same.
        if (begin_ == 0 || sequence < begin_ || sequence > newest || sequence + lines_max <= top_) {
            return std::nullopt;
        }
        return routed_[sequence % lines_max];
    }

private:
    std::vector<SinkSet> routed_ = std::vector<SinkSet>(lines_max);
    std::uint64_t begin_ = 0;  // the first that was added; 0: none
    std::uint64_t top_ = 0;    // the highest that was ever added
};

}  // namespace chathook::store
