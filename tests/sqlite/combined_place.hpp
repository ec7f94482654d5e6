// Shared by the tests of write_combining: a database that is written through it, over watched files.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "disk/recovery.hpp"
#include "disk/wal_scan.hpp"
#include "sqlite/sqlite.hpp"
#include "sqlite/watched_files.hpp"
#include "sqlite/write_combining.hpp"
#include "support/temp_directory.hpp"

namespace chathook::sqlite::test {

using Calls = std::vector<std::string>;

inline constexpr int create = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
inline constexpr int frame_bytes = 24 + disk::page_bytes;
inline constexpr const char* table = "CREATE TABLE t(id INTEGER PRIMARY KEY, tag TEXT UNIQUE, text TEXT)";

// SQL that inserts rows `from` to `to`, each of nearly a page.
inline std::string rows(int from, int to, char letter) {
    return "WITH RECURSIVE n(i) AS (SELECT " + std::to_string(from) +
           " UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(to) +
           ") INSERT INTO t SELECT i, printf('tag %d', i), printf('%.*c', 3000 + i % 7, '" +
           std::string(1, letter) + "') FROM n";
}

// The content of the table, and the result of the integrity check.
inline std::string content(Database& database) {
    return database.value_of(
               "SELECT count(*) || ' ' || coalesce(group_concat(id || tag || substr(text, 1, 1) || "
               "length(text)), '') FROM t") +
           database.value_of("PRAGMA integrity_check");
}

class CombinedPlace {
public:
    explicit CombinedPlace(bool combines = true) : combining_("combined", watched.vfs(), combines) {}

    Database open(const char* vfs) {
        Database database(file(), create, {}, vfs);
        database.value_of("PRAGMA journal_mode=wal");
        database.execute(
            "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=10; "
            "PRAGMA secure_delete=1");
        return database;
    }
    Database open() { return open("combined"); }

    // The content that a crash at this moment would leave.
    std::string content_after_crash() const {
        const auto copy = directory_.path() / "copy";
        std::filesystem::copy_file(file(), copy, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::copy_file(disk::log_of(file()), disk::log_of(copy),
                                   std::filesystem::copy_options::overwrite_existing);
        Database database(copy, SQLITE_OPEN_READWRITE, {});
        return content(database);
    }

    std::filesystem::path file() const { return directory_.path() / "file"; }

    WatchedFiles watched{"watched"};

private:
    WriteCombining combining_;
    chathook::test::TempDirectory directory_;
};

inline int checkpoint(Database& database, int mode) {
    return sqlite3_wal_checkpoint_v2(database.handle(), nullptr, mode, nullptr, nullptr);
}

inline int code_of(Database& database, const std::string& sql) {
    try {
        database.execute(sql);
    } catch (const SqliteError& error) {
        return error.code();
    }
    return SQLITE_OK;
}

inline std::size_t count(const Calls& calls, const std::string& what) {
    return static_cast<std::size_t>(
        std::count_if(calls.begin(), calls.end(), [&](const auto& call) { return call.starts_with(what); }));
}

inline std::uint64_t frames_of(const std::filesystem::path& database) {
    return (std::filesystem::file_size(disk::log_of(database)) - disk::WalScan::header_bytes) / frame_bytes;
}

}  // namespace chathook::sqlite::test
