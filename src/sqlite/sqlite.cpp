#include "sqlite/sqlite.hpp"

#include <cerrno>
#include <utility>

#include "disk/disk_error.hpp"
#include "support/error_text.hpp"

namespace chathook::sqlite {
namespace {

EngineError::Kind kind_of(int extended_code) noexcept {
    // The log's index could not grow; reported before anything uses it.
    if (extended_code == SQLITE_IOERR_SHMSIZE) return EngineError::Kind::full;
    switch (extended_code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return EngineError::Kind::busy;
        case SQLITE_FULL: return EngineError::Kind::full;
        default: return EngineError::Kind::failed;
    }
}

// The cause for the operator: for a lock, who holds it; SQLite's own text is in the message.
std::string cause(EngineError::Kind kind, const std::string& message, const std::string& reason) {
    if (!reason.empty()) return reason;
    const bool busy = kind == EngineError::Kind::busy;
    return busy ? "another program holds the lock of the journal's database" : message;
}

thread_local int noted_error = 0;

// SQLite keeps the system's error only for these two kinds, and reports "disk full" for only one of three
// reasons.
std::string reason_for(sqlite3* handle, int code) {
    const int primary = code & 0xff;
    const int noted = std::exchange(noted_error, 0);
    const bool kept = primary == SQLITE_CANTOPEN || primary == SQLITE_IOERR;
    const int error = noted == 0 && kept && handle != nullptr ? sqlite3_system_errno(handle) : noted;
    if (kind_of(code) == EngineError::Kind::full)
        return error_text(disk::is_lack_of_room(error) ? error : ENOSPC);
    return kept && error != 0 ? error_text(error) : std::string();
}

[[noreturn]] void raise(sqlite3* handle, int result) {
    const int extended = handle != nullptr ? sqlite3_extended_errcode(handle) : result;
    const int code = extended != SQLITE_OK ? extended : result;
    const char* text = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(result);
    throw SqliteError(code, text, reason_for(handle, code));
}

}  // namespace

SqliteError::SqliteError(int extended_code, const std::string& message, const std::string& reason)
    : EngineError(kind_of(extended_code),
                  message + (reason.empty() ? "" : ": " + reason) + " (SQLite code " +
                      std::to_string(extended_code) + ")",
                  cause(kind_of(extended_code), message, reason)),
      code_(extended_code) {}

void note_system_error(int error) noexcept { noted_error = error; }

// SQLite's memory statistics take a lock at every allocation, and nothing here reads them.
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

// SQLite counts steps from zero in each run of a statement. A thousand steps take less than a millisecond and
// may read a few dozen records.
void Database::interrupt_when(const std::atomic<bool>& due) noexcept {
    constexpr int steps = 1000;
    const auto is_due = [](void* context) -> int {
        return static_cast<const std::atomic<bool>*>(context)->load(std::memory_order_relaxed) ? 1 : 0;
    };
    sqlite3_progress_handler(handle_.get(), steps, is_due, const_cast<std::atomic<bool>*>(&due));
}

void Database::check(int result) const {
    if (result != SQLITE_OK) raise(handle_.get(), result);
}

Rows::~Rows() {
    // next() has thrown any error of the run; reset() only repeats it.
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
    // The order matters: sqlite3_column_blob() may convert, and bytes() then returns the converted length.
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (data == nullptr || size <= 0) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

namespace {

enum class Access : int { read = 0, write = 1 };

sqlite3_blob* open_blob(Database& database, const char* table, const char* column, std::uint64_t row,
                        Access access) {
    sqlite3_blob* handle = nullptr;  // null after an error
    database.check(sqlite3_blob_open(database.handle(), "main", table, column,
                                     static_cast<sqlite3_int64>(row), static_cast<int>(access), &handle));
    return handle;
}

}  // namespace

BlobWriter::BlobWriter(Database& database, const char* table, const char* column, std::uint64_t row)
    : database_(database), handle_(open_blob(database, table, column, row, Access::write)) {}

void BlobWriter::write(std::string_view piece) {
    const auto size = static_cast<int>(piece.size());
    database_.check(sqlite3_blob_write(handle_.get(), piece.data(), size, written_));
    written_ += size;
}

BlobReader::BlobReader(Database& database, const char* table, const char* column, std::uint64_t row)
    : database_(database), handle_(open_blob(database, table, column, row, Access::read)) {}

std::size_t BlobReader::size() const noexcept {
    return static_cast<std::size_t>(sqlite3_blob_bytes(handle_.get()));
}

void BlobReader::read(std::size_t at, std::span<char> into) {
    database_.check(
        sqlite3_blob_read(handle_.get(), into.data(), static_cast<int>(into.size()), static_cast<int>(at)));
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

void Statement::bind(int index, Zeros zeros) {
    check(sqlite3_bind_zeroblob64(handle_.get(), index, zeros.bytes));
}

void Statement::check(int result) const {
    if (result != SQLITE_OK) raise(sqlite3_db_handle(handle_.get()), result);
}

}  // namespace chathook::sqlite
