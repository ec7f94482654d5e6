// How much memory a text will take as a document: upper bounds, computed before parsing from one pass over
// its characters. Code that parses text from unauthenticated senders checks this first. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace chathook::ecma {

// A text up to this size is parsed without counting first: whatever it contains, parsing and printing it
// takes at most small_document_bytes.
inline constexpr std::size_t small_text_bytes = 8 * 1024;
inline constexpr std::size_t small_document_bytes = 768 * 1024;

// The memory for the parts of a document, in bytes.
inline constexpr std::size_t node_bytes = 16;
inline constexpr std::size_t message_bytes = 56;    // per object, in the list of messages made by normalize
inline constexpr std::size_t comparing_bytes = 36;  // per member, while the names of its object are compared
inline constexpr std::size_t replacing_bytes = 32;  // in addition, per member with an escaped name
inline constexpr std::size_t nesting_bytes = 16;    // per container, while it is printed
inline constexpr std::size_t ordering_bytes = 28;   // per member, while its object is sorted
inline constexpr std::size_t number_grows_by = 18;  // per number with an exponent when printed: 1e20, 1e-5

// The number of characters that can begin a value, or make it longer when it is parsed or printed. Characters
// within strings count too, which makes the bounds coarse, but never too low.
struct CharacterCounts {
    std::size_t text = 0;  // bytes
    std::size_t commas = 0;
    std::size_t colons = 0;
    std::size_t openings = 0;  // [ and {
    std::size_t backslashes = 0;
    std::size_t others = 0;     // bytes that are not ASCII
    std::size_t exponents = 0;  // e and E

    // Each value and each name but the first follows one of these.
    std::size_t nodes() const noexcept { return commas + colons + openings + 1; }
};

CharacterCounts count_characters(std::string_view text) noexcept;

// The maximum number of bytes for JsonDocument::parse_bytes(text) and the values read from it, without the
// text itself.
std::size_t document_bytes(const CharacterCounts& counts) noexcept;

// The same for stringify_body(text) and a document parsed from its result.
std::size_t stringified_bytes(const CharacterCounts& counts) noexcept;

}  // namespace chathook::ecma
