#include "journal/schema.hpp"

#include <string>

#include "journal/group_tables.hpp"
#include "journal/journal.hpp"
#include "journal/upgrade.hpp"
#include "journal/write_combining.hpp"

namespace chathook::journal {
namespace {

constexpr int exit_io_error = 74;

// Sets a PRAGMA and reads it back: SQLite ignores what it does not like, without a word.
void require(Database& database, const std::string& pragma, const std::string& value) {
    database.value_of("PRAGMA " + pragma + "=" + value);
    const std::string got = database.value_of("PRAGMA " + pragma);
    if (got != value) {
        throw OpenError(exit_io_error, "the journal's database did not accept " + pragma + "=" + value +
                                           ", it says \"" + got + "\"");
    }
}

void require_settings(Database& database) {
    require(database, "page_size", std::to_string(page_bytes));  // counts for a new file only
    require(database, "journal_mode", "wal");
    require(database, "synchronous", "2");         // FULL: the log is synced at every commit
    require(database, "mmap_size", "0");           // an I/O error shall be a result code, not a SIGBUS
    require(database, "wal_autocheckpoint", "0");  // the writer checkpoints where no answer waits
    require(database, "secure_delete", "1");
    require(database, "journal_size_limit", std::to_string(log_bytes_kept));
    require(database, "cache_size", "-8192");  // KiB
    require(database, "foreign_keys", "0");
}

// 0: the file is still empty. Asked before any setting is changed, so that a foreign file stays as it is.
int format_of(Database& database, const std::filesystem::path& file) {
    const std::string version = database.value_of("PRAGMA user_version");
    if (version == "0" && database.value_of("SELECT count(*) FROM sqlite_schema") == "0") return 0;
    if (database.value_of("PRAGMA application_id") != std::to_string(application_id)) {
        throw OpenError(exit_io_error, file.string() + " is a database of another program, not a journal");
    }
    for (int format = 1; format <= schema_version; ++format) {
        if (version == std::to_string(format)) return format;
    }
    throw OpenError(exit_io_error, file.string() + " was written in journal format " + version +
                                       "; this program knows formats 1 to " + std::to_string(schema_version));
}

std::string sentence(const std::filesystem::path& file, const SqliteError& error) {
    const int primary = error.code() & 0xff;
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
        return "the journal's database " + file.string() + " is damaged: " + error.what() +
               "; keep a copy and restore a backup, or move it away to start an empty journal";
    }
    return "cannot open the journal's database " + file.string() + ": " + error.what();
}

}  // namespace

Database open_for_writing(const std::filesystem::path& file) {
    try {
        Database database(file, SQLITE_OPEN_READWRITE, writer_busy_timeout, write_combining_vfs());
        // SQLite opens what it may not write read-only, and tells only those who ask.
        if (database.read_only()) {
            throw OpenError(exit_io_error, "the journal's database " + file.string() + " is not writable");
        }
        const int format = format_of(database, file);
        require_settings(database);
        know_group_tables(database);
        upgrade(database, format);
        // A log left by a crash is written into the database and synced now: pages that an earlier failed
        // sync made the kernel forget are dirtied and written again.
        database.value_of("PRAGMA wal_checkpoint(TRUNCATE)");
        return database;
    } catch (const SqliteError& error) {
        throw OpenError(exit_io_error, sentence(file, error));
    }
}

Database open_for_reading(const std::filesystem::path& file) {
    Database database(file, SQLITE_OPEN_READONLY, reader_busy_timeout);
    database.check(sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                                     static_cast<int*>(nullptr)));
    database.execute("PRAGMA query_only=1");
    database.execute("PRAGMA mmap_size=0");
    database.execute("PRAGMA cache_size=-4096");
    know_group_tables(database);
    return database;
}

}  // namespace chathook::journal
