#include "journal/schema.hpp"

#include <string>

#include "journal/journal.hpp"
#include "journal/scrub.hpp"
#include "support/log.hpp"

namespace chathook::journal {
namespace {

constexpr int exit_io_error = 74;

constexpr const char* tables_of_format_1 = R"sql(
CREATE TABLE ledger(
    seq INTEGER PRIMARY KEY, received INTEGER NOT NULL, routed INTEGER NOT NULL, key BLOB NOT NULL
) STRICT;
CREATE TABLE events(
    seq INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, original_at INTEGER NOT NULL,
    original_size INTEGER NOT NULL, source TEXT NOT NULL, vendor TEXT NOT NULL, type TEXT NOT NULL,
    vendor_type TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, raw BLOB
) STRICT;
CREATE TABLE sinks(
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, cursor INTEGER NOT NULL
) STRICT;
CREATE TABLE settled(
    sink INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(sink, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE dead(
    seq INTEGER NOT NULL, sink INTEGER NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL,
    at INTEGER NOT NULL, PRIMARY KEY(seq, sink)
) STRICT, WITHOUT ROWID;
)sql";

// AUTOINCREMENT: a number is never given out again, also when the newest was deleted.
constexpr const char* tables_of_format_2 = R"sql(
CREATE TABLE again(
    sink INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(sink, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX again_by_sequence ON again(seq);
CREATE TABLE outcomes(
    seq INTEGER NOT NULL, sink INTEGER NOT NULL, outcome INTEGER NOT NULL, PRIMARY KEY(seq, sink)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress(sink INTEGER PRIMARY KEY, checksum INTEGER NOT NULL) STRICT;
CREATE TABLE rejections(
    number INTEGER PRIMARY KEY AUTOINCREMENT, received INTEGER NOT NULL, source TEXT NOT NULL,
    reason TEXT NOT NULL, status INTEGER NOT NULL, client TEXT NOT NULL, header_names TEXT NOT NULL,
    body_sha256 BLOB NOT NULL, body_size INTEGER NOT NULL, raw BLOB
) STRICT;
)sql";

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

// From the format that the file has to this program's, all or nothing; 0: it is still empty.
void bring_up_to_date(Database& database, int format) {
    if (format == schema_version) return;
    database.execute("BEGIN IMMEDIATE");
    if (format < 1) database.execute(tables_of_format_1);
    database.execute(tables_of_format_2);
    database.execute("PRAGMA application_id=" + std::to_string(application_id));
    database.execute("PRAGMA user_version=" + std::to_string(schema_version));
    database.execute("COMMIT");
    if (format == 0) return;
    log(LogLevel::info, "journal_upgraded",
        {{"from_format", std::to_string(format)}, {"to_format", std::to_string(schema_version)}});
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
        Database database(file, SQLITE_OPEN_READWRITE, writer_busy_timeout);
        // SQLite opens what it may not write read-only, and tells only those who ask.
        if (database.read_only()) {
            throw OpenError(exit_io_error, "the journal's database " + file.string() + " is not writable");
        }
        const int format = format_of(database, file);
        scrub_pages_of(database);
        require_settings(database);
        bring_up_to_date(database, format);
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
    return database;
}

}  // namespace chathook::journal
