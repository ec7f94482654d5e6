#include "support/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace chathook {
namespace {

constexpr CodePoint invalid{0, 1, false};

constexpr auto is_plain = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = ' '; c < 0x7F; ++c) table[c] = c != '"' && c != '\\';
    return table;
}();

// Sets the high bit of each of the eight bytes that is not plain. Exact up to the lowest such byte; bits
// above it may be set wrongly, because only below it nothing is carried or borrowed.
constexpr std::uint64_t not_plain(std::uint64_t word) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    constexpr std::uint64_t highs = 0x8080808080808080u;
    const auto is = [&](unsigned char byte) { return (word ^ (ones * byte)) - ones; };
    return (word | (word - ones * ' ') | (word + ones) | is('"') | is('\\')) & highs;
}

}  // namespace

CodePoint first_code_point(std::string_view text) noexcept {
    if (text.empty()) return {};
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return {lead, 1, true};

    std::size_t size = 0;
    if (lead >= 0xC2 && lead <= 0xDF) size = 2;
    if (lead >= 0xE0 && lead <= 0xEF) size = 3;
    if (lead >= 0xF0 && lead <= 0xF4) size = 4;
    if (size == 0 || text.size() < size) return invalid;

    char32_t value = lead & (0x7Fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0) != 0x80) return invalid;
        value = (value << 6) | (next & 0x3Fu);
    }
    const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (overlong || surrogate || value > 0x10FFFF) return invalid;
    return {value, size, true};
}

std::size_t plain_ascii(std::string_view text) noexcept {
    std::size_t at = 0;
    if (std::endian::native == std::endian::little && text.size() >= sizeof(std::uint64_t)) {
        // The last eight bytes may overlap bytes that were checked already.
        const std::size_t last = text.size() - sizeof(std::uint64_t);
        while (true) {
            std::uint64_t word;
            std::memcpy(&word, text.data() + at, sizeof word);
            const std::uint64_t ends = not_plain(word);
            if (ends != 0) return at + static_cast<std::size_t>(std::countr_zero(ends)) / 8;
            if (at == last) return text.size();
            at = std::min(at + sizeof word, last);
        }
    }
    while (at < text.size() && is_plain[static_cast<unsigned char>(text[at])]) ++at;
    return at;
}

bool unsafe_to_print(char32_t value) noexcept {
    return value < 0x20 || (value >= 0x7F && value <= 0x9F) || (value >= 0x200E && value <= 0x200F) ||
           (value >= 0x2028 && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
}

}  // namespace chathook
