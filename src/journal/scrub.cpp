#include "journal/scrub.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <mutex>

#include "journal/schema.hpp"

namespace chathook::journal {
namespace {

constexpr std::size_t file_header_bytes = 100;  // the first page begins with it

// SQLite's own functions for the database file, and those with ours for writing in its place. All files of
// one kind share them, so one pair serves every journal of the process.
const sqlite3_io_methods* original = nullptr;
sqlite3_io_methods scrubbing{};
std::once_flag prepared;
std::atomic<bool> grown_too_large{false};

std::size_t two_bytes(std::span<const char> page, std::size_t at) noexcept {
    return static_cast<std::size_t>(static_cast<unsigned char>(page[at])) << 8 |
           static_cast<unsigned char>(page[at + 1]);
}

int write_scrubbed(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    const auto at = static_cast<std::uint64_t>(offset);
    if (at >= scrub_bytes_max) grown_too_large = true;
    if (size != page_bytes || at % page_bytes != 0 || grown_too_large) {
        return original->xWrite(file, bytes, size, offset);
    }
    // SQLite's own copy stays as it is: it is the source of checksums and of later changes.
    std::array<char, page_bytes> page;
    std::memcpy(page.data(), bytes, page.size());
    const std::span<char> middle = unallocated(page, offset == 0);
    std::fill(middle.begin(), middle.end(), '\0');
    return original->xWrite(file, page.data(), size, offset);
}

}  // namespace

std::span<char> unallocated(std::span<char> page, bool is_first_page) noexcept {
    // A page that continues a long row or lists free pages begins with the number of another one, whose first
    // byte is 0 up to 16 million pages.
    constexpr char interior_index = 2, interior_table = 5, leaf_index = 10, leaf_table = 13;
    const std::size_t header = is_first_page ? file_header_bytes : 0;
    const char kind = page[header];
    const bool interior = kind == interior_index || kind == interior_table;
    if (!interior && kind != leaf_index && kind != leaf_table) return {};
    const std::size_t cells = two_bytes(page, header + 3);
    const std::size_t from = header + (interior ? 12 : 8) + 2 * cells;
    const std::size_t to = two_bytes(page, header + 5);
    if (from >= to || to > page.size()) return {};
    return page.subspan(from, to - from);
}

void scrub_pages_of(Database& database) {
    sqlite3_file* file = nullptr;
    database.check(sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file));
    if (file == nullptr || file->pMethods == nullptr || file->pMethods->xWrite == &write_scrubbed) return;
    sqlite3_int64 size = 0;
    database.check(file->pMethods->xFileSize(file, &size));
    if (static_cast<std::uint64_t>(size) >= scrub_bytes_max) return;
    std::call_once(prepared, [&] {
        original = file->pMethods;
        scrubbing = *original;
        scrubbing.xWrite = &write_scrubbed;
    });
    if (file->pMethods == original) file->pMethods = &scrubbing;
}

}  // namespace chathook::journal
