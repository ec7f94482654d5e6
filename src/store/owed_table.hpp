// The table `owed`: a row for each event whose state at a sink is not what runs and routes say (owed.hpp).
// Counts the rows, so that a sink without any costs no statement. Writer thread only; throws SqliteError.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "format/owed.hpp"
#include "sqlite/sqlite.hpp"
#include "store/words.hpp"

namespace chathook::store {

class OwedTable {
public:
    // Reads how many rows there are.
    OwedTable(Database& database, std::shared_ptr<const Ages> ages);

    // begin() is where undo() sets the counts back to. The rows themselves are the transaction's.
    void begin() { saved_ = counts_; }
    void undo() { counts_ = saved_; }

    std::uint64_t count(SinkNumber sink, OwedState state) const noexcept;

    using Row = std::pair<OwedState, unsigned>;  // and its flags
    // The row of an event at a sink. One of an event that waits is looked for only where there may be one.
    Row find(SinkNumber sink, std::uint64_t sequence, bool waits);
    std::vector<std::pair<SinkNumber, Row>> all_of(std::uint64_t sequence);

    // Writes what `step` makes of `before`. `settlement`: attempts and reason of what becomes a dead letter
    // or was tried in vain.
    void write(SinkNumber sink, std::uint64_t sequence, OwedState before, const Step& step,
               const Settlement* settlement, Instant at);

    // After every row of a known sink was removed: removes those that no sink of the journal has, whose
    // reasons may quote what is erased.
    void erase(std::uint64_t sequence);

    // What is left of an event whose record goes: that it was discarded, or delivered.
    void forget(std::uint64_t sequence);

private:
    static constexpr std::size_t places = 7;  // the states by their numbers, and all others
    using ByState = std::array<std::uint64_t, places>;
    void turn(SinkNumber sink, std::uint64_t sequence, OwedState before, const Step& step,
              const Settlement* settlement, Instant at);
    static std::size_t place_of(OwedState state) noexcept;
    std::uint64_t& counted(SinkNumber sink, OwedState state);

    std::shared_ptr<const Ages> ages_;
    std::vector<ByState> counts_;  // by sink
    std::vector<ByState> saved_;
    Statement find_, all_of_, insert_, discard_, note_, remove_, ended_of_, remove_all_;
};

}  // namespace chathook::store
