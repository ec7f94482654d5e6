// The journal's events for SQL: the virtual tables `ledger` and `events` have a row for each event and read
// the groups in `lines` and `records`. They are for reading only: one event by its sequence, or a range of
// them in either order.
#pragma once

#include "format/words.hpp"

namespace chathook::format {

// Adds the two tables and the function routed_to() of sink_sets.hpp to this connection. Throws SqliteError.
//
//   ledger(seq, received, routed, key, first, masked)   key with its checksum; first: of its group; masked:
//   see
//                                                       Routes
//   events(seq, checksum, original_at, original_size, source, vendor, type, vendor_type, id, json, raw)
//
// A record that cannot be read has its sequence, and NULL in all other columns.
void know_group_tables(Database& database);

}  // namespace chathook::format
