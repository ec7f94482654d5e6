// Lists the rows that retention decides about (journal/retention.hpp), in the order of their sequences.
// Writer thread only; throws SqliteError. Statements end before a call returns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "journal/retained.hpp"
#include "sqlite/sqlite.hpp"
#include "store/store.hpp"
#include "store/words.hpp"

namespace chathook::store {

// See journal::Engine for every member function.
class RetentionRows {
public:
    RetentionRows(Database& database, Store& store);

    std::vector<std::uint64_t> due_again_before(SinkNumber sink, Instant limit, std::size_t rows_max);
    std::vector<RetainedDeadLetter> dead_letters(std::uint64_t after, SinkNumber after_sink,
                                                 std::size_t rows_max);
    void visit_ledger(SinkNumber sink, std::uint64_t after, std::size_t rows_max,
                      const VisitRow<RetainedLine>& visit);
    void visit_events(std::uint64_t after, std::size_t rows_max, const VisitRow<RetainedEvent>& visit);
    void visit_groups(std::uint64_t after, std::size_t rows_max, const VisitRow<RetainedGroup>& visit);

private:
    Store& store_;
    Statement again_, dead_, ledger_, events_;
};

}  // namespace chathook::store
