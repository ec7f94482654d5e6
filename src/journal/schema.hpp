// What stands on disk, and the settings under which SQLite keeps the promise. docs/journal-format.md explains
// every table. Start-up only.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "journal/sqlite.hpp"

namespace chathook::journal {

inline constexpr int schema_version = 3;                      // PRAGMA user_version
inline constexpr int application_id = 0x43484a4c;             // "CHJL"
inline constexpr int page_bytes = 4096;                       // one log frame and one memory page
inline constexpr std::uint64_t log_bytes_kept = 16ull << 20;  // the log file is cut back to this

// How long the writer waits for a foreign lock before it looks around (stop, time-outs) and tries again.
inline constexpr std::chrono::milliseconds writer_busy_timeout{250};
inline constexpr std::chrono::milliseconds reader_busy_timeout{1000};

// The one connection that may write and checkpoint. Creates or upgrades the tables. Throws OpenError with a
// plain sentence when the file cannot be used, is damaged, or belongs to another program or a newer version.
Database open_for_writing(const std::filesystem::path& file);

// A connection that can neither write nor checkpoint. Throws SqliteError.
Database open_for_reading(const std::filesystem::path& file);

}  // namespace chathook::journal
