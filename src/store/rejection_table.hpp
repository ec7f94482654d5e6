// The table of refused requests.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sqlite/sqlite.hpp"
#include "store/words.hpp"

namespace chathook::store {

// Writer thread only; throws SqliteError. Changes stand between the store's begin() and commit().
class RejectionTable {
public:
    RejectionTable(Database& database, const JournalSettings& settings);

    // Writes them down and begins to forget what is too much then. `now` here and below: of the journal's
    // clock, on which their age counts from when they are written down.
    void record(std::span<const Rejection> rejections, Instant now);

    std::size_t forget(std::span<const std::uint64_t> numbers);

    // Whether some are too many or too old; asked every second, outside of a transaction.
    bool has_surplus(Instant now);

    // Forgets the oldest of these: as many as one transaction should, by number and by bytes.
    void forget_surplus(Instant now);

private:
    std::vector<std::uint64_t> surplus(Instant now);

    Database& database_;
    std::size_t keep_;
    std::chrono::microseconds age_;
    Statement insert_, forget_, last_too_many_, oldest_;
    bool too_many_ = true;  // perhaps
};

}  // namespace chathook::store
