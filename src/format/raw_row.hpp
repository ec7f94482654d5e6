// A row of a statement that SQLite runs from inside a virtual table or a function, where sqlite::Rows cannot
// be used: it throws. Pure; the connection's thread.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chathook::format {

// Valid until the statement goes to another row.
inline std::string_view blob_in(sqlite3_stmt* row, int column) noexcept {
    const void* data = sqlite3_column_blob(row, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
    return data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

inline std::uint64_t number_in(sqlite3_stmt* row, int column) noexcept {
    return static_cast<std::uint64_t>(sqlite3_column_int64(row, column));
}

}  // namespace chathook::format
