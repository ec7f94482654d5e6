// What stands on disk, and the settings under which SQLite keeps the promise. docs/journal-format.md explains
// every table. Start-up only.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "disk/wal_scan.hpp"
#include "sqlite/sqlite.hpp"
#include "store/words.hpp"

namespace chathook::store {

inline constexpr int schema_version = 4;           // PRAGMA user_version
inline constexpr int former_schema_version = 3;    // what upgrade() knows
inline constexpr int application_id = 0x43484a4c;  // "CHJL"
using disk::page_bytes;
inline constexpr std::uint64_t log_bytes_kept = 16ull << 20;  // the log file is cut back to this

// How long the writer waits for a foreign lock before it looks around (stop, time-outs) and tries again.
inline constexpr std::chrono::milliseconds writer_busy_timeout{250};
inline constexpr std::chrono::milliseconds reader_busy_timeout{1000};

// There is not enough room to open a journal: 74, with the bytes that are needed.
class NoRoom : public OpenError {
public:
    explicit NoRoom(const std::string& message) : OpenError(74, message) {}
};

// Throws OpenError unless the journal in this file has a format that this program can read or upgrade.
void require_format(Database& database, const std::filesystem::path& file);

// What the journal's own clock needs, unless it is there: 0.1 did not know it. Throws SqliteError.
void add_clock(Database& database);

// The one connection that may write and checkpoint. Creates the tables that are not there, and upgrades a
// journal of the format before. Throws OpenError
// with a plain sentence when the file cannot be used, is damaged, or belongs to another program or a newer
// version.
//
// What a crash left in the log is moved into the database. Where that takes room that is not there, it is an
// error too, unless `log_left` is given: that is true then, and the log stays.
Database open_for_writing(const std::filesystem::path& file, bool* log_left = nullptr);

// A connection that can neither write nor checkpoint. Throws SqliteError.
Database open_for_reading(const std::filesystem::path& file);

// The file's name for SQLITE_OPEN_URI, when nobody changes the file: it is read without a lock, a log or an
// index.
std::string unchanging_uri(const std::filesystem::path& file);

}  // namespace chathook::store
