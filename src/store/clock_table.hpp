// Where the journal's clock and its epochs stand on disk. Writer thread only; throws SqliteError.
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

    // Of the last stop: none in a new journal, or in one of a program that kept no clock.
    std::optional<ClockState> load();
    std::vector<Epoch> load_epochs();

    // The latest time that stands in a journal without a clock.
    std::optional<Instant> latest();

    // Rows of a program that kept no clock say only what the wall clock said: they count from `now` at the
    // latest. True: one of them said something later.
    bool bound_ages(Instant now);

    // In a transaction.
    void save(const ClockState& state);
    void save_epochs(const std::vector<Epoch>& epochs);

    std::uint64_t oldest_sequence();  // of which anything is left; 0: none

private:
    Database& database_;
    Statement save_, forget_epochs_, insert_epoch_, oldest_;
};

}  // namespace chathook::store
