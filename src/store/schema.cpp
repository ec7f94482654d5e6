#include "store/schema.hpp"

#include <cerrno>
#include <string>

#include "disk/disk_error.hpp"
#include "format/group_tables.hpp"
#include "format/request_reader.hpp"
#include "sqlite/write_combining.hpp"
#include "store/request_table.hpp"
#include "store/source_table.hpp"
#include "store/upgrade.hpp"
#include "store/words.hpp"
#include "support/error_text.hpp"
#include "support/log.hpp"

namespace chathook::store {
namespace {

// AUTOINCREMENT: no number is used twice, even if the newest row was deleted.
constexpr const char* tables = R"sql(
CREATE TABLE lines(first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE records(first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE sinks(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE rejections(
    number INTEGER PRIMARY KEY AUTOINCREMENT, received INTEGER NOT NULL, source TEXT NOT NULL,
    reason TEXT NOT NULL, status INTEGER NOT NULL, client TEXT NOT NULL, header_names TEXT NOT NULL,
    body_sha256 BLOB NOT NULL, body_size INTEGER NOT NULL, raw BLOB, counted_from INTEGER
) STRICT;
)sql";

// Sets a PRAGMA and reads it back, because SQLite ignores values that it does not accept.
void require(Database& database, const std::string& pragma, const std::string& value) {
    database.value_of("PRAGMA " + pragma + "=" + value);
    const std::string got = database.value_of("PRAGMA " + pragma);
    if (got != value) {
        throw OpenError(ExitCode::io_error, "the journal's database did not accept " + pragma + "=" + value +
                                                ", it says \"" + got + "\"");
    }
}

void require_settings(Database& database) {
    require(database, "page_size", std::to_string(page_bytes));  // has an effect on a new file only
    require(database, "journal_mode", "wal");
    require(database, "synchronous", "2");         // FULL: the log is synced at every commit
    require(database, "mmap_size", "0");           // so that an I/O error is a result code, not a SIGBUS
    require(database, "wal_autocheckpoint", "0");  // the writer checkpoints while no answer waits
    require(database, "secure_delete", "1");
    require(database, "journal_size_limit", std::to_string(log_bytes_kept));
    require(database, "cache_size", "-8192");  // KiB
    require(database, "foreign_keys", "0");
}

// Whether the file is still empty; throws OpenError if it is not a journal of this program. Called before any
// setting is changed, so that another program's file is not modified.
bool is_empty(Database& database, const std::filesystem::path& file) {
    if (database.value_of("PRAGMA user_version") == "0" &&
        database.value_of("SELECT count(*) FROM sqlite_schema") == "0") {
        return true;
    }
    if (database.value_of("PRAGMA application_id") != std::to_string(application_id)) {
        throw OpenError(ExitCode::io_error,
                        file.string() + " is a database of another program, not a journal");
    }
    require_format(database, file);
    return false;
}

// A later program of the same format writes down what an earlier one must not miss.
void require_no_need(Database& database, const std::filesystem::path& file) {
    Statement needs(database, "SELECT feature FROM needs WHERE feature <> ?1 LIMIT 1");
    Rows rows = needs.run(requests_feature);
    if (!rows.next()) return;
    throw OpenError(ExitCode::io_error,
                    file.string() + " was written by a later version that uses \"" +
                        std::string(rows.bytes(0)) +
                        "\", which this program does not know. Install that version again");
}

void create_tables(Database& database) {
    database.execute("BEGIN IMMEDIATE");
    database.execute(tables);
    database.execute(clock_tables);
    database.execute(tables_since_4);
    database.execute(request_tables);
    database.execute(source_tables);
    database.execute("PRAGMA application_id=" + std::to_string(application_id));
    database.execute("PRAGMA user_version=" + std::to_string(schema_version));
    database.execute("COMMIT");
}

void add_requests(Database& database) {
    database.execute("BEGIN IMMEDIATE");
    database.execute(request_tables);
    database.execute("COMMIT");
}

std::string sentence(const std::filesystem::path& file, const SqliteError& error) {
    const int primary = error.code() & 0xff;
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
        return "the journal's database " + file.string() + " is damaged: " + error.what() +
               "; keep a copy and restore a backup, or move it away to start an empty journal";
    }
    return "cannot open the journal's database " + file.string() + ": " + error.what();
}

// The most bytes that opening takes: the log of the largest transaction, the growth of the database, and the
// log's index.
unsigned long long room_to_open(bool empty) { return (empty ? 512 : 64) << 10; }

// The log of a crashed process is written into the database and synced now: this also rewrites pages that the
// kernel dropped after a failed sync.
void empty_log(Database& database, bool* log_not_emptied) {
    try {
        database.value_of("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const SqliteError& error) {
        if (log_not_emptied == nullptr || error.kind() != SqliteError::Kind::full) throw;
        *log_not_emptied = true;
    }
}

void keep_log_at_close(Database& database, bool keep) {
    database.check(sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0,
                                     static_cast<int*>(nullptr)));
}

}  // namespace

void require_format(Database& database, const std::filesystem::path& file) {
    std::string version = database.value_of("PRAGMA user_version");
    // This table exists while a migration from format 2 is incomplete.
    if (database.value_of("SELECT count(*) FROM sqlite_schema WHERE name = 'former_ledger'") != "0") {
        version = "2";
    }
    if (version == std::to_string(former_schema_version)) return;
    if (version == std::to_string(schema_version)) return require_no_need(database, file);
    const bool of_no_release = version == "1" || version == "2";
    throw OpenError(
        ExitCode::io_error,
        file.string() + " was written in journal format " + version + "; this program knows format " +
            std::to_string(schema_version) +
            (of_no_release ? " and the one before. Move the journal's directory away to start with an empty "
                             "journal"
                           : ""));
}

Database open_for_writing(const std::filesystem::path& file, bool* log_not_emptied) {
    std::error_code unknown;
    bool empty = std::filesystem::file_size(file, unknown) == 0;
    try {
        Database database(file, SQLITE_OPEN_READWRITE, writer_busy_timeout, sqlite::write_combining_vfs());
        // If this start fails, the next one has to find the log as it is.
        keep_log_at_close(database, true);
        // SQLite opens a file that it may not write as read-only, without an error.
        if (database.read_only()) {
            throw OpenError(ExitCode::io_error,
                            "the journal's database " + file.string() + " is not writable");
        }
        empty = is_empty(database, file);
        require_settings(database);
        format::know_group_tables(database);
        if (empty) create_tables(database);
        if (upgrade(database)) {
            log(LogLevel::info, "journal_upgraded",
                {{"from", std::to_string(former_schema_version)}, {"to", std::to_string(schema_version)}});
        }
        if (!format::has_requests(database)) add_requests(database);
        database.execute(source_tables);
        empty_log(database, log_not_emptied);
        keep_log_at_close(database, false);
        return database;
    } catch (const SqliteError& error) {
        if (error.kind() != SqliteError::Kind::full)
            throw OpenError(ExitCode::io_error, sentence(file, error));
        const bool by_limit = error.reason() == error_text(EFBIG);
        throw NoRoom(sentence(file, error) +
                     (by_limit ? "" : disk::room_needed(file.parent_path(), room_to_open(empty))));
    }
}

std::string unchanging_uri(const std::filesystem::path& file) {
    std::string uri = "file:";
    for (const char byte : std::filesystem::absolute(file).string()) {
        if (byte == '%' || byte == '?' || byte == '#') {
            constexpr const char* digits = "0123456789abcdef";
            uri += {'%', digits[(byte >> 4) & 15], digits[byte & 15]};
        } else {
            uri += byte;
        }
    }
    return uri + "?immutable=1";
}

Database open_for_reading(const std::filesystem::path& file) {
    Database database(file, SQLITE_OPEN_READONLY, reader_busy_timeout);
    database.check(sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                                     static_cast<int*>(nullptr)));
    database.execute("PRAGMA query_only=1");
    database.execute("PRAGMA mmap_size=0");
    database.execute("PRAGMA cache_size=-4096");
    format::know_group_tables(database);
    return database;
}

}  // namespace chathook::store
