// Reads what operators ask for besides events: the deliveries of an event, dead letters, refused requests.
// One thread at a time; throws SqliteError. Statements end before a call returns.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sqlite/sqlite.hpp"
#include "store/words.hpp"

namespace chathook::store {

// A search ends its statement after so many rows and continues with a new one, so that a search through
// millions of rows does not keep the write-ahead log from being emptied.
inline constexpr std::size_t rows_per_statement = 1000;
// A search returns after so many rows with what it has found, so that other readers on the same thread are
// not delayed.
inline constexpr std::size_t rows_looked_at_max = 10'000;

class LedgerReader {
public:
    explicit LedgerReader(Database& database);

    std::vector<Fate> fates(std::uint64_t sequence);
    std::vector<Reader::Tried> tried(SinkNumber sink);
    Found<DeadLetter> dead(const DeadQuery& query);
    Found<RecordedRejection> rejections(const RejectionQuery& query);
    std::optional<RecordedRejection> rejection(std::uint64_t number);
    std::vector<KnownSink> sinks(const SinkSet& configured);

private:
    struct DeadSearch;
    bool search(Rows& rows, DeadSearch& search);

    Statement fates_, tried_, dead_forward_, dead_backward_, rejections_forward_, rejections_backward_,
        rejection_;
    Statement sinks_;
};

}  // namespace chathook::store
