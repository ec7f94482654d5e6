// What people ask of the journal besides events: what became of one, dead letters, refused requests. One
// thread at a time; throws SqliteError. Statements end before a call returns.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "journal/journal.hpp"
#include "journal/sqlite.hpp"

namespace chathook::journal {

class LedgerReader {
public:
    explicit LedgerReader(Database& database);

    std::vector<Fate> fates(std::uint64_t sequence);
    std::vector<DeadLetter> dead(const DeadQuery& query);
    std::vector<RecordedRejection> rejections(const RejectionQuery& query);
    std::optional<RecordedRejection> rejection(std::uint64_t number);
    std::vector<KnownSink> sinks(SinkSet configured);

private:
    struct DeadSearch;
    void search(Rows& rows, DeadSearch& search);

    Statement fates_, dead_forward_, dead_backward_, rejections_forward_, rejections_backward_, rejection_;
    Statement sinks_;
};

}  // namespace chathook::journal
