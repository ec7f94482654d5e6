// The character classes of RFC 9110 and 9112 as one table. Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "support/ascii.hpp"

namespace chathook::http {

enum CharacterClass : std::uint8_t {
    token_character = 1,   // RFC 9110, 5.6.2: tchar
    target_character = 2,  // printable ASCII except '#'
    value_character = 4,   // RFC 9110, 5.5: field-vchar, blank and tab
    host_character = 8,    // of a name or IPv4 address; RFC 3986's sub-delims are left out, no host has them
    hex_character = 16,
};

constexpr std::array<std::uint8_t, 256> make_character_table() {
    constexpr std::string_view host_marks = "-._~";
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0; c < 256; ++c) {
        const char character = static_cast<char>(c);
        unsigned classes = 0;
        if (is_token_character(character)) classes |= token_character;
        if (c > 0x20 && c < 0x7f && c != '#') classes |= target_character;
        if ((c >= 0x20 && c != 0x7f) || c == '\t') classes |= value_character;
        if (is_alphanumeric(character) || host_marks.find(character) != std::string_view::npos) {
            classes |= host_character;
        }
        if (hex_value(character) >= 0) classes |= hex_character;
        table[c] = static_cast<std::uint8_t>(classes);
    }
    return table;
}

inline constexpr std::array<std::uint8_t, 256> character_table = make_character_table();

constexpr bool is(char c, CharacterClass wanted) noexcept {
    return (character_table[static_cast<unsigned char>(c)] & wanted) != 0;
}

constexpr bool all(std::string_view text, CharacterClass wanted) noexcept {
    unsigned seen = wanted;
    for (const char c : text) seen &= character_table[static_cast<unsigned char>(c)];
    return seen != 0;
}

// Removes blanks and tabs at either end (RFC 9110, 5.6.3: OWS).
constexpr std::string_view trimmed(std::string_view text) noexcept {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

// Takes the next element off the front of a comma-separated list, trimmed; it may be empty.
constexpr std::string_view take_element(std::string_view& list) noexcept {
    const std::size_t comma = list.find(',');
    const std::string_view element = trimmed(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    return element;
}

}  // namespace chathook::http
