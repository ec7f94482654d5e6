// The columns of an event's row, the checksums over its parts, and whether a query selects it. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <chathook/event.hpp>

#include "format/sink_sets.hpp"
#include "format/words.hpp"
#include "sqlite/sqlite.hpp"

namespace chathook::format {

// The columns that a statement for whole records selects from `events e` joined with `ledger l`, and their
// places in a row.
inline constexpr std::string_view record_columns =
    "l.seq, l.received, l.routed, l.masked, e.source, e.vendor, e.type, e.vendor_type, e.id, e.checksum, "
    "e.original_at, e.original_size, e.json, e.raw";
enum RecordColumn : int {
    column_sequence,
    column_received,
    column_routed,
    column_masked,
    column_source,
    column_vendor,
    column_type,
    column_vendor_type,
    column_id,
    column_checksum,
    column_original_at,
    column_original_size,
    column_json,
    column_raw,
};

// CRC-32C over every field, in the order and format of docs/journal-format.md. `routed`: the eight bytes of
// the event's line.
std::uint32_t record_checksum(std::uint64_t sequence, std::uint64_t routed, const Event& event);

// A line of the ledger. Its column `key` contains the dedupe key and, behind it, CRC-32C over the whole line,
// lowest byte first: a bit error in `routes` would hide an event from a sink without a trace.
struct Line {
    std::uint64_t sequence = 0;
    Instant received;
    Routes routes;
    std::string_view key;  // 16 bytes
};
inline constexpr std::size_t line_key_bytes = 16;
std::uint32_t line_checksum(const Line& line);

// Whether the checksum in `sealed`, which is the column `key`, is right.
bool is_whole(Line line, std::string_view sealed);

// Whether the query selects the record of the current row.
bool matches(const Rows& rows, const Query& query);

// The event of the current row; null if its checksum is wrong. The dedupe key is not read, because only the
// writer needs it.
std::shared_ptr<const Event> read_record(const Rows& rows);

// Whether the current row's record is so long that it must not be in memory twice, in the row and in the
// event.
bool is_very_long(const Rows& rows);

// The same for such a row. It ends the statement: next() must not be called after it. Throws SqliteError.
std::shared_ptr<const Event> read_very_long(Database& database, Rows& rows);

}  // namespace chathook::format
