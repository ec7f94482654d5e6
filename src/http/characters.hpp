// The character classes of RFC 9110 and 9112 as one table, and comparing without regard to ASCII case. Pure;
// any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chathook::http {

enum CharacterClass : std::uint8_t {
    token_character = 1,   // RFC 9110, 5.6.2: tchar
    target_character = 2,  // printable ASCII but '#'
    value_character = 4,   // RFC 9110, 5.5: field-vchar, blank and tab
    host_character = 8,    // of a name or IPv4 address; RFC 3986's sub-delims are left out, no host has them
    hex_character = 16,
};

constexpr bool is_alphanumeric(unsigned c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr bool is_hex(unsigned c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

constexpr std::array<std::uint8_t, 256> make_character_table() {
    constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
    constexpr std::string_view host_marks = "-._~";
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0; c < 256; ++c) {
        const char character = static_cast<char>(c);
        unsigned classes = 0;
        if (is_alphanumeric(c) || token_marks.find(character) != std::string_view::npos) {
            classes |= token_character;
        }
        if (c > 0x20 && c < 0x7f && c != '#') classes |= target_character;
        if ((c >= 0x20 && c != 0x7f) || c == '\t') classes |= value_character;
        if (is_alphanumeric(c) || host_marks.find(character) != std::string_view::npos) {
            classes |= host_character;
        }
        if (is_hex(c)) classes |= hex_character;
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

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `lowercase` is a literal in lower case.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view lowercase) noexcept {
    if (text.size() != lowercase.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (lower(text[i]) != lowercase[i]) return false;
    }
    return true;
}

// Without blanks and tabs at either end (RFC 9110, 5.6.3: OWS).
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
