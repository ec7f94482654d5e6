// The table of refused requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sqlite/sqlite.hpp"
#include "store/words.hpp"

namespace chathook::store {

// Writer thread only; throws SqliteError. Changes are made between the store's begin() and commit().
class RejectionTable {
public:
    explicit RejectionTable(Database& database);

    // `now`: on the journal's clock, by which their age is counted from when they are recorded.
    void record(std::span<const Rejection> rejections, Instant now);

    std::size_t forget(std::span<const std::uint64_t> numbers);

    // See journal::Engine for the following two.
    std::uint64_t last_before_newest(std::size_t keep);
    void visit_oldest(std::size_t rows_max, const VisitRow<RetainedRejection>& visit);

private:
    Database& database_;
    Statement insert_, forget_, before_newest_, oldest_;
};

}  // namespace chathook::store
