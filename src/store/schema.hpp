// The tables on the disk, and the settings that make SQLite's commits durable. docs/journal-format.md
// explains every table. Start-up only.
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
inline constexpr std::uint64_t log_bytes_kept = 16ull << 20;  // the log file is truncated to this

// How long the writer waits for another program's lock before it checks for a stop and tries again.
inline constexpr std::chrono::milliseconds writer_busy_timeout{250};
inline constexpr std::chrono::milliseconds reader_busy_timeout{1000};

// There is not enough room to open a journal. The exit code is 74, and the message says how much is needed.
class NoRoom : public OpenError {
public:
    explicit NoRoom(const std::string& message) : OpenError(74, message) {}
};

// Throws OpenError unless the journal in this file has a format that this program can read or upgrade.
void require_format(Database& database, const std::filesystem::path& file);

// The only connection that may write and checkpoint. Creates tables that do not exist, and upgrades a journal
// of the format before. Throws OpenError with a plain sentence if the file cannot be used, is damaged, or
// belongs to another program or a newer version.
//
// The log of a crashed process is moved into the database. If there is no room for that, it is an error too,
// unless `log_not_emptied` is given: then that is set to true and the log is kept.
Database open_for_writing(const std::filesystem::path& file, bool* log_not_emptied = nullptr);

// A connection that can neither write nor checkpoint. Throws SqliteError.
Database open_for_reading(const std::filesystem::path& file);

// The file's name for SQLITE_OPEN_URI if no program changes the file: it is read without a lock, a log or an
// index.
std::string unchanging_uri(const std::filesystem::path& file);

}  // namespace chathook::store
