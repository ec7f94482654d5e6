// Brings a journal of format 3, which release 0.1 wrote, to the present format. Start-up only.
#pragma once

#include "store/words.hpp"

namespace chathook::store {

// What format 4 added: for a new journal and for the upgrade.
inline constexpr const char* tables_since_4 = R"sql(
CREATE TABLE passed(
    sink INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, checksum INTEGER NOT NULL,
    PRIMARY KEY(sink, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE owed(
    seq INTEGER NOT NULL, sink INTEGER NOT NULL, state INTEGER NOT NULL, flags INTEGER NOT NULL,
    attempts INTEGER NOT NULL, reason TEXT NOT NULL, next_try INTEGER, at INTEGER NOT NULL,
    counted_from INTEGER, PRIMARY KEY(seq, sink)
) STRICT, WITHOUT ROWID;
CREATE INDEX owed_dead ON owed(seq, sink) WHERE state = 2;
CREATE INDEX owed_again ON owed(sink, seq) WHERE state = 3;
CREATE INDEX owed_tried ON owed(sink, seq) WHERE state = 1;
CREATE TABLE sets(number INTEGER PRIMARY KEY, sinks BLOB NOT NULL, checksum INTEGER NOT NULL) STRICT;
CREATE TABLE needs(feature TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
)sql";

// The journal's own clock. A late program of format 3 added it too.
inline constexpr const char* clock_tables = R"sql(
CREATE TABLE IF NOT EXISTS clock(
    one INTEGER PRIMARY KEY, now INTEGER NOT NULL, lead INTEGER NOT NULL, date_lead INTEGER NOT NULL,
    owes INTEGER NOT NULL, owed_lead INTEGER NOT NULL, at_once INTEGER NOT NULL, ran INTEGER NOT NULL,
    apart INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS epochs(
    first INTEGER PRIMARY KEY, lead INTEGER NOT NULL, counts_from INTEGER NOT NULL,
    counts_until INTEGER NOT NULL
) STRICT;
)sql";

// False: the journal has the present format, and nothing was done. In one transaction, so that it has
// happened or not, whenever it is killed; takes as long as reading the small tables and the lines of events
// that a sink has settled out of order. What was not as it was written is not afterwards either. Throws
// SqliteError.
bool upgrade(Database& database);

}  // namespace chathook::store
