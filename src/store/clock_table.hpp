// Stores the journal's clock and its epochs. Writer thread only; throws SqliteError.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sqlite/sqlite.hpp"
#include "store/words.hpp"

namespace chathook::store {

class ClockTable {
public:
    explicit ClockTable(Database& database);

    // The state at the last stop; nothing in a new journal, or in one of a version that kept no clock.
    std::optional<ClockState> load();
    std::vector<Epoch> load_epochs();

    // The latest time that is stored in a journal without a clock.
    std::optional<Instant> latest();

    // Rows of a version that kept no clock contain only times of the wall clock: makes their ages count from
    // `now` at the latest. Returns whether one of them had a later time.
    bool bound_ages(Instant now);

    // Call these two in a transaction.
    void save(const ClockState& state);
    void save_epochs(const std::vector<Epoch>& epochs);

    std::uint64_t oldest_sequence();  // the first one of which anything is stored; 0: none

private:
    Database& database_;
    Statement save_, forget_epochs_, insert_epoch_, oldest_;
};

}  // namespace chathook::store
