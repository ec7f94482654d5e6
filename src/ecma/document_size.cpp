#include "ecma/document_size.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "ecma/tape.hpp"

namespace chathook::ecma {
namespace {

static_assert(node_bytes == sizeof(Node));

// Six counters of ten bits in one word, so that a character costs one addition. They are read out before any
// of them can overflow.
constexpr unsigned counter_bits = 10;
constexpr std::uint64_t counter_mask = (std::uint64_t{1} << counter_bits) - 1;
constexpr std::size_t block_bytes = counter_mask;
enum Counter : unsigned { comma, colon, opening, backslash, other, exponent };

constexpr std::uint64_t one(Counter counter) { return std::uint64_t{1} << (counter * counter_bits); }

constexpr auto weights = [] {
    std::array<std::uint64_t, 256> table{};
    table[','] = one(comma);
    table[':'] = one(colon);
    table['['] = table['{'] = one(opening);
    table['\\'] = one(backslash);
    table['e'] = table['E'] = one(exponent);
    for (std::size_t c = 0x80; c < table.size(); ++c) table[c] = one(other);
    return table;
}();

// The size of the text after decoding, where each invalid byte may become U+FFFD, which has three bytes.
std::size_t decoded_bytes(const CharacterCounts& counts) noexcept { return counts.text + 2 * counts.others; }

std::size_t tape_bytes(const CharacterCounts& counts) noexcept {
    const std::size_t copy = counts.others > 0 ? decoded_bytes(counts) : 0;
    const std::size_t arena = counts.backslashes > 0 ? decoded_bytes(counts) : 0;
    return counts.nodes() * node_bytes + copy + arena;
}

}  // namespace

CharacterCounts count_characters(std::string_view text) noexcept {
    CharacterCounts counts;
    counts.text = text.size();
    while (!text.empty()) {
        const std::string_view block = text.substr(0, block_bytes);
        std::uint64_t sum = 0;
        for (const char c : block) sum += weights[static_cast<unsigned char>(c)];
        const auto counted = [&](Counter counter) { return sum >> (counter * counter_bits) & counter_mask; };
        counts.commas += counted(comma);
        counts.colons += counted(colon);
        counts.openings += counted(opening);
        counts.backslashes += counted(backslash);
        counts.others += counted(other);
        counts.exponents += counted(exponent);
        text.remove_prefix(block.size());
    }
    return counts;
}

std::size_t document_bytes(const CharacterCounts& counts) noexcept {
    const bool replaces = counts.backslashes > 0;
    const std::size_t names = counts.colons * (comparing_bytes + (replaces ? replacing_bytes : 0)) +
                              (replaces ? decoded_bytes(counts) : 0);
    return tape_bytes(counts) + message_bytes * std::min(counts.openings, counts.colons) + names;
}

std::size_t stringified_bytes(const CharacterCounts& counts) noexcept {
    const std::size_t printed = decoded_bytes(counts) + number_grows_by * counts.exponents;
    const std::size_t printing = nesting_bytes * counts.openings + ordering_bytes * counts.colons;
    // The printed text exists together with either the first document or the document parsed from it.
    return printed + std::max(tape_bytes(counts) + printing, document_bytes(counts));
}

}  // namespace chathook::ecma
