#include "disk/scrub.hpp"

#include <algorithm>
#include <cstddef>

namespace chathook::disk {
namespace {

constexpr std::size_t file_header_bytes = 100;  // the first page begins with it

std::size_t two_bytes(std::span<const char> page, std::size_t at) noexcept {
    return static_cast<std::size_t>(static_cast<unsigned char>(page[at])) << 8 |
           static_cast<unsigned char>(page[at + 1]);
}

}  // namespace

void scrub(std::span<char> page, bool is_first_page) noexcept {
    const std::span<char> middle = unallocated(page, is_first_page);
    std::fill(middle.begin(), middle.end(), '\0');
}

std::span<char> unallocated(std::span<char> page, bool is_first_page) noexcept {
    // An overflow page or a page of the freelist begins with the number of another page, whose first byte is
    // 0 up to 16 million pages.
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

}  // namespace chathook::disk
