// SQLite's C interface as types: a connection, a prepared statement, the rows of one run. Only journal/ may
// include this. A Database and its statements belong to one thread at a time.
#pragma once

#include <sqlite3.h>

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace chathook::journal {

// What SQLite reported, sorted by what can be done about it.
class SqliteError : public std::runtime_error {
public:
    enum class Kind : std::uint8_t {
        busy,    // another program holds the lock: try again
        full,    // the disk or a quota is exhausted: try again when there is room
        failed,  // the disk failed or the file is damaged: never try again, the outcome is not known
    };

    SqliteError(int extended_code, const std::string& message);

    Kind kind() const noexcept { return kind_; }
    int code() const noexcept { return code_; }  // SQLite's extended result code

private:
    int code_;
    Kind kind_;
};

// Before anything of the library is used that is not in this file; as often as you like.
void configure_sqlite();

class Database {
public:
    // Throws SqliteError. `open_flags` are SQLITE_OPEN_*, `vfs` the name of what stands between SQLite and
    // the system's files; nothing by itself.
    Database(const std::filesystem::path& file, int open_flags, std::chrono::milliseconds busy_timeout,
             const char* vfs = nullptr);

    // Runs statements that answer no rows.
    void execute(const std::string& sql);

    // The first column of the first row; empty when there is none. For PRAGMAs.
    std::string value_of(const std::string& sql);

    bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }
    bool read_only() const noexcept { return sqlite3_db_readonly(handle_.get(), "main") == 1; }
    // Rows that the last INSERT, UPDATE or DELETE touched.
    int changes() const noexcept { return sqlite3_changes(handle_.get()); }
    sqlite3* handle() const noexcept { return handle_.get(); }

    // Throws what `result` says unless it is SQLITE_OK.
    void check(int result) const;

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

// One run of a statement. Ends it when it goes, which also ends the read transaction it held.
class Rows {
public:
    explicit Rows(sqlite3_stmt* statement) noexcept : statement_(statement) {}
    ~Rows();
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    // Steps to the next row; false at the end. Throws SqliteError.
    bool next();

    std::int64_t integer(int column) const noexcept { return sqlite3_column_int64(statement_, column); }
    std::uint64_t number(int column) const noexcept { return static_cast<std::uint64_t>(integer(column)); }

    // Text or blob as stored; valid until next() or the end of this run.
    std::string_view bytes(int column) const noexcept;

private:
    sqlite3_stmt* statement_;
};

// Bound as a blob; an empty one as NULL.
struct Blob {
    std::string_view bytes;
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
    void check(int result) const;

    struct Finalize {
        void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// A 16-byte key as SQLite takes it.
inline Blob blob_of(const std::array<std::uint8_t, 16>& key) noexcept {
    return {{reinterpret_cast<const char*>(key.data()), key.size()}};
}

}  // namespace chathook::journal
