// What happens between taking the lock and opening the database: the log is looked at before SQLite, which
// would drop what follows a damaged frame without a word. Start-up only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "journal/wal_scan.hpp"

namespace chathook::journal {

// The log that belongs to this database file.
std::filesystem::path log_of(const std::filesystem::path& database);

// Reads the log from beginning to end; none is a clean one. Throws OpenError when it cannot be read.
WalReport scan_log(const std::filesystem::path& database);

// The sentence for people: what was lost and where the frames are.
std::string describe(const WalReport& report);

// The directories that recover() kept copies in and that are still there.
std::vector<std::filesystem::path> copies_beside(const std::filesystem::path& database);

// Scans the log. One that a crash cut short is normal. Of a damaged one, copies of database and log go to
// `quarantine/` beside the database, once; then it throws OpenError, or goes on without the lost events.
void recover(const std::filesystem::path& database, OnDamage on_damage);

}  // namespace chathook::journal
