// Runs between taking the lock and opening the database: the log is checked before SQLite opens it, which
// would silently drop what follows a damaged frame. Start-up only.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "disk/files.hpp"
#include "disk/wal_scan.hpp"
#include "disk/words.hpp"

namespace chathook::disk {

// The log that belongs to this database file.
std::filesystem::path log_of(const std::filesystem::path& database);

// Reads the log from beginning to end; a missing log is clean. Throws OpenError if it cannot be read.
WalReport scan_log(const std::filesystem::path& database);

// A sentence for the operator: what was lost and where the frames are.
std::string describe(const WalReport& report);

// The directories with copies that recover() made and that still exist.
std::vector<std::filesystem::path> copies_beside(const std::filesystem::path& database);

// Whether the log is long enough for a commit: its header and one page.
bool may_hold_commit(const std::filesystem::path& database) noexcept;

// A log that was removed or emptied between a crash and this start took answered events with it: a sentence
// about it, or nothing. A log that was cut behind its first commit looks like one that a crash cut.
std::optional<std::string> missing_log(const std::filesystem::path& database, LogState state);

// Depending on `on_damage`, throws OpenError or logs an error about that.
void report_missing_log(const std::filesystem::path& database, LogState state, OnDamage on_damage);

// Scans the log. A log that a crash cut short is normal. For a damaged one, copies of database and log are
// put into `quarantine/` beside the database, once; then this throws OpenError, or continues without the lost
// events.
void recover(const std::filesystem::path& database, OnDamage on_damage);

}  // namespace chathook::disk
