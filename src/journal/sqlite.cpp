#include "journal/sqlite.hpp"

namespace chathook::journal {
namespace {

SqliteError::Kind kind_of(int extended_code) noexcept {
    // The log's index could not grow: said before anything of it is used.
    if (extended_code == SQLITE_IOERR_SHMSIZE) return SqliteError::Kind::full;
    switch (extended_code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return SqliteError::Kind::busy;
        case SQLITE_FULL: return SqliteError::Kind::full;
        default: return SqliteError::Kind::failed;
    }
}

[[noreturn]] void raise(sqlite3* handle, int result) {
    const int code = handle != nullptr ? sqlite3_extended_errcode(handle) : result;
    const char* text = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(result);
    throw SqliteError(code != SQLITE_OK ? code : result, text);
}

}  // namespace

SqliteError::SqliteError(int extended_code, const std::string& message)
    : std::runtime_error(message + " (SQLite code " + std::to_string(extended_code) + ")"),
      code_(extended_code),
      kind_(kind_of(extended_code)) {}

// SQLite counts the memory it takes, under a lock around every allocation; nobody reads that here.
void configure_sqlite() {
    [[maybe_unused]] static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

Database::Database(const std::filesystem::path& file, int open_flags, std::chrono::milliseconds busy_timeout,
                   const char* vfs) {
    configure_sqlite();
    sqlite3* handle = nullptr;
    const int result = sqlite3_open_v2(file.c_str(), &handle, open_flags | SQLITE_OPEN_NOMUTEX, vfs);
    handle_.reset(handle);
    if (result != SQLITE_OK) raise(handle, result);
    sqlite3_extended_result_codes(handle, 1);
    check(sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count())));
}

void Database::execute(const std::string& sql) {
    check(sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

std::string Database::value_of(const std::string& sql) {
    Statement statement(*this, sql);
    Rows rows = statement.run();
    return rows.next() ? std::string(rows.bytes(0)) : std::string();
}

void Database::check(int result) const {
    if (result != SQLITE_OK) raise(handle_.get(), result);
}

Rows::~Rows() {
    // An error of the run was thrown by next(); reset() only repeats it.
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) raise(sqlite3_db_handle(statement_), result);
    return false;
}

std::string_view Rows::bytes(int column) const noexcept {
    // The order matters: sqlite3_column_blob() may convert, and bytes() then answers the converted length.
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (data == nullptr || size <= 0) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Statement::Statement(Database& database, std::string_view sql) {
    sqlite3_stmt* handle = nullptr;
    database.check(sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr));
    handle_.reset(handle);
}

void Statement::bind(int index, std::string_view text) {
    const char* data = text.data() != nullptr ? text.data() : "";
    check(sqlite3_bind_text64(handle_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int index, Blob blob) {
    if (blob.bytes.empty()) {
        check(sqlite3_bind_null(handle_.get(), index));
        return;
    }
    check(sqlite3_bind_blob64(handle_.get(), index, blob.bytes.data(), blob.bytes.size(), SQLITE_STATIC));
}

void Statement::check(int result) const {
    if (result != SQLITE_OK) raise(sqlite3_db_handle(handle_.get()), result);
}

}  // namespace chathook::journal
