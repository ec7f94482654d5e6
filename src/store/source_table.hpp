// The table `sources`: when each source's newest event came, which is asked after that event was deleted,
// too. What a commit adds is written with a later one, because a row for every commit would cost what the
// commit costs; after a crash it is read from the records. Writer thread only, unless said otherwise; throws
// SqliteError.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "sqlite/sqlite.hpp"
#include "store/words.hpp"

namespace chathook::store {

// It came within format 4, as `requests` did. A program that does not know it loses nothing by it.
inline constexpr const char* source_tables =
    "CREATE TABLE IF NOT EXISTS sources(name TEXT PRIMARY KEY, sequence INTEGER NOT NULL, "
    "received INTEGER NOT NULL) STRICT, WITHOUT ROWID";

// By the name of the source. The sequence is the newest, and the time that of the event that was received
// last: another one if a refused request was taken later.
using LastEvents = std::map<std::string, LastEvent, std::less<>>;

// What the table has, and the events behind it, of which at most the newest 200,000 are looked at: a journal
// that was written without this table begins with those. Any connection.
LastEvents read_last_events(Database& database);

class SourceTable {
public:
    // The most that a crash leaves to be read at the next start.
    static constexpr std::chrono::seconds write_after{5};
    static constexpr std::uint64_t write_after_events = 50'000;

    using Time = std::chrono::steady_clock::time_point;

    // Reads what a crash left out.
    explicit SourceTable(Database& database, Time now = std::chrono::steady_clock::now());

    // In each transaction. begin() writes what earlier ones noted, if it is time; undo() forgets what was
    // noted since then.
    void begin(Time now = std::chrono::steady_clock::now());
    void note(std::string_view source, std::uint64_t sequence, Instant received);
    void write();  // everything: for the last transaction of a stop
    void committed();
    void undo() noexcept;

private:
    Statement write_row_;
    LastEvents unwritten_, noted_;  // by transactions that were committed; by this one
    bool wrote_ = false;            // in this transaction
    std::uint64_t events_ = 0;      // since it was written
    Time write_due_;
};

}  // namespace chathook::store
