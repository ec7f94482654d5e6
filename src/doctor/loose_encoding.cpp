#include "doctor/loose_encoding.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace chathook::doctor {
namespace {

constexpr int no_digit = -1;
constexpr int line_break = -2;

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return no_digit;
}

int base64_value(char c) noexcept {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return c == '\r' || c == '\n' ? line_break : no_digit;
}

std::string_view without_padding(std::string_view text) noexcept {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return text;
}

bool decode_hex_pairs(std::string_view text, std::string& out) {
    if (text.empty() || text.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return false;
        out += static_cast<char>(high << 4 | low);
    }
    return true;
}

bool decode_sextets(std::string_view text, std::string& out) {
    std::uint32_t bits = 0;
    unsigned held = 0;
    std::size_t digits = 0;
    for (const char c : without_padding(without_blanks_around(text))) {
        const int value = base64_value(c);
        if (value == line_break) continue;
        if (value == no_digit) return false;
        ++digits;
        bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFF;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 0xFF);
    }
    return digits > 1 && digits % 4 != 1;
}

}  // namespace

Notation notation_of(std::string_view text) noexcept {
    if (!text.empty() && std::ranges::all_of(text, [](char c) { return hex_value(c) >= 0; })) {
        return Notation::hex;
    }
    const std::string_view digits = without_padding(text);
    if (digits.empty() || !std::ranges::all_of(digits, [](char c) { return base64_value(c) >= 0; })) {
        return Notation::none;
    }
    return digits.find_first_of("-_") == digits.npos ? Notation::base64 : Notation::base64url;
}

bool decode_loosely(std::string_view text, Notation notation, std::string& out) {
    switch (notation) {
        case Notation::none: return false;
        case Notation::hex: return decode_hex_pairs(text, out);
        case Notation::base64:
        case Notation::base64url: return decode_sextets(text, out);
    }
    return false;
}

std::string_view without_blanks_around(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n\f\v";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace chathook::doctor
