// Keeps what was deleted from staying in the database file. SQLite's secure_delete overwrites rows that are
// deleted, but when it moves rows between pages it leaves the old copies in the unallocated middle of a page
// (seen with 3.40.1), and overwrites those neither then nor when the row is deleted. So that middle is
// zeroed whenever a page is written to the database file (write_combining.hpp). Pure; any thread.
#pragma once

#include <cstdint>
#include <span>

namespace chathook::journal {

// From this size of the file on its pages are left alone: at twice the size one that continues a long row
// could be taken for one of the tables' own.
inline constexpr std::uint64_t scrub_bytes_max = 32ull << 30;

// Zeroes the unallocated middle of a page.
void scrub(std::span<char> page, bool is_first_page) noexcept;

// Where nothing is allocated in a page of a table or an index; empty for any other page. The page's own
// header tells: sqlite.org/fileformat2.html, section 1.6.
std::span<char> unallocated(std::span<char> page, bool is_first_page) noexcept;

}  // namespace chathook::journal
