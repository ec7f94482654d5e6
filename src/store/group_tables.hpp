// The journal's events as SQL sees them: `ledger` and `events`, tables of a row an event, which read the
// groups in `lines` and `records`. For reading only, one event by its sequence or a run of them in order
// either way.
#pragma once

#include "store/words.hpp"

namespace chathook::store {

// From now on this connection knows the two tables. Throws SqliteError.
//
//   ledger(seq, received, routed, key, first)   key with its checksum; first: of its group
//   events(seq, checksum, original_at, original_size, source, vendor, type, vendor_type, id, json, raw)
//
// A record that cannot be read has its sequence and NULL otherwise.
void know_group_tables(Database& database);

}  // namespace chathook::store
