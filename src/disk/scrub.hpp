// Keeps deleted data from remaining in the database file. SQLite's secure_delete overwrites deleted rows, but
// when it moves rows between pages it leaves the old copies in the unallocated middle of a page (seen with
// 3.40.1), and overwrites them neither then nor when the row is deleted. So that middle is zeroed whenever a
// page is written to the database file (write_combining.hpp). Pure; any thread.
#pragma once

#include <cstdint>
#include <span>

namespace chathook::disk {

// Pages at or beyond this offset are not scrubbed: at twice the size an overflow page could be mistaken for a
// page of a table.
inline constexpr std::uint64_t scrub_bytes_max = 32ull << 30;

// Zeroes the unallocated middle of a page.
void scrub(std::span<char> page, bool is_first_page) noexcept;

// The unallocated part of a page of a table or an index; empty for any other page. It is computed from the
// page's own header: sqlite.org/fileformat2.html, section 1.6.
std::span<char> unallocated(std::span<char> page, bool is_first_page) noexcept;

}  // namespace chathook::disk
