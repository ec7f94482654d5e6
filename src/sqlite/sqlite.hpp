// SQLite's C interface as types: a connection, a prepared statement, the rows of one run. Only store/ and
// inspection/ may include this. A Database and its statements belong to one thread at a time.
#pragma once

#include <sqlite3.h>

#include <array>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <chathook/time.hpp>

#include "journal/engine.hpp"

namespace chathook::sqlite {

using journal::EngineError;

// What SQLite reported.
class SqliteError : public EngineError {
public:
    // `reason`: the system's error in words, if known.
    SqliteError(int extended_code, const std::string& message, const std::string& reason = {});

    int code() const noexcept { return code_; }  // SQLite's extended result code

private:
    int code_;
};

// Remembers, on this thread, a system error that SQLite will report only as a code, for the message of the
// SqliteError.
void note_system_error(int error) noexcept;

// Call this before using the library other than through this file; repeated calls are harmless.
void configure_sqlite();

class Database {
public:
    // Throws SqliteError. `open_flags` are SQLITE_OPEN_*, `vfs` the name of a layer between SQLite and the
    // system's files; null: none.
    Database(const std::filesystem::path& file, int open_flags, std::chrono::milliseconds busy_timeout,
             const char* vfs = nullptr);

    // Runs statements that return no rows.
    void execute(const std::string& sql);

    // The first column of the first row; empty if there is none. For PRAGMAs.
    std::string value_of(const std::string& sql);

    // Statements end with SQLITE_INTERRUPT soon after `due` becomes true. `due` outlives this.
    void interrupt_when(const std::atomic<bool>& due) noexcept;

    bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }
    bool read_only() const noexcept { return sqlite3_db_readonly(handle_.get(), "main") == 1; }
    // Rows that the last INSERT, UPDATE or DELETE touched.
    int changes() const noexcept { return sqlite3_changes(handle_.get()); }
    sqlite3* handle() const noexcept { return handle_.get(); }

    // Frees the page cache.
    void release_memory() noexcept { sqlite3_db_release_memory(handle_.get()); }

    // Throws SqliteError unless `result` is SQLITE_OK.
    void check(int result) const;

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

// One run of a statement. The destructor ends it, and with it the read transaction it held.
class Rows {
public:
    explicit Rows(sqlite3_stmt* statement) noexcept : statement_(statement) {}
    ~Rows();
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    // Steps to the next row; false at the end. Throws SqliteError.
    bool next();

    // Ends the run now, and frees its current row. next() must not be called after this.
    void end() noexcept { sqlite3_reset(statement_); }

    std::int64_t integer(int column) const noexcept { return sqlite3_column_int64(statement_, column); }
    std::uint64_t number(int column) const noexcept { return static_cast<std::uint64_t>(integer(column)); }

    // A time, stored as microseconds since 1970.
    Instant instant(int column) const noexcept { return Instant(std::chrono::microseconds(integer(column))); }

    // Text or blob as stored; valid until next() or the end of this run.
    std::string_view bytes(int column) const noexcept;

private:
    sqlite3_stmt* statement_;
};

// Bound as a blob; an empty one as NULL.
struct Blob {
    std::string_view bytes;
};

// Bound as a blob of `bytes` zeros, for a BlobWriter.
struct Zeros {
    std::uint64_t bytes;
};

// Writes an existing blob piece by piece, from its beginning: bound to a statement it would be copied as a
// whole. Within the transaction that inserted it; throws SqliteError.
class BlobWriter {
public:
    BlobWriter(Database& database, const char* table, const char* column, std::uint64_t row);
    void write(std::string_view piece);

private:
    struct Close {
        void operator()(sqlite3_blob* handle) const noexcept { sqlite3_blob_close(handle); }
    };
    Database& database_;
    std::unique_ptr<sqlite3_blob, Close> handle_;
    int written_ = 0;
};

// Reads parts of an existing blob into the caller's memory: as a column of a row it would be in memory twice.
// Holds a read transaction until destroyed; throws SqliteError.
class BlobReader {
public:
    BlobReader(Database& database, const char* table, const char* column, std::uint64_t row);
    std::size_t size() const noexcept;
    void read(std::size_t at, std::span<char> into);

private:
    struct Close {
        void operator()(sqlite3_blob* handle) const noexcept { sqlite3_blob_close(handle); }
    };
    Database& database_;
    std::unique_ptr<sqlite3_blob, Close> handle_;
};

class Statement {
public:
    Statement(Database& database, std::string_view sql);

    // Starts a run with `values` for ?1, ?2 and so on. Text and blobs are not copied: they have to outlive
    // the Rows. One run at a time.
    template <class... Values>
    [[nodiscard]] Rows run(const Values&... values) {
        [[maybe_unused]] int index = 0;
        (bind(++index, values), ...);
        return Rows(handle_.get());
    }

    // Runs to the end.
    template <class... Values>
    void execute(const Values&... values) {
        Rows rows = run(values...);
        while (rows.next()) {
        }
    }

private:
    template <std::integral Value>
    void bind(int index, Value value) {
        check(sqlite3_bind_int64(handle_.get(), index, static_cast<sqlite3_int64>(value)));
    }
    void bind(int index, std::string_view text);
    void bind(int index, Blob blob);
    void bind(int index, Zeros zeros);
    void check(int result) const;

    struct Finalize {
        void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// A 16-byte key as a blob.
inline Blob blob_of(const std::array<std::uint8_t, 16>& key) noexcept {
    return {{reinterpret_cast<const char*>(key.data()), key.size()}};
}

}  // namespace chathook::sqlite
