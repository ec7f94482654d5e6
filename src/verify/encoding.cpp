#include "verify/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace chathook::verify {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_value = 0xFF;

constexpr auto hex_values = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_value);
    for (std::uint8_t i = 0; i < 16; ++i) table[static_cast<unsigned char>(hex_digits[i])] = i;
    for (std::uint8_t i = 10; i < 16; ++i) table['A' + i - 10u] = i;
    return table;
}();

constexpr auto base64_values = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_value);
    for (std::uint8_t i = 0; i < 64; ++i) table[static_cast<unsigned char>(alphabet[i])] = i;
    return table;
}();

}  // namespace

bool decode_hex(std::string_view text, std::span<std::uint8_t> out) noexcept {
    if (text.size() != 2 * out.size()) return false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::uint8_t high = hex_values[static_cast<unsigned char>(text[2 * i])];
        const std::uint8_t low = hex_values[static_cast<unsigned char>(text[2 * i + 1])];
        if (high == no_value || low == no_value) return false;
        out[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return true;
}

bool decode_base64(std::string_view text, std::span<std::uint8_t> out) noexcept {
    const std::size_t digits = (out.size() * 8 + 5) / 6;
    const std::size_t padded = (out.size() + 2) / 3 * 4;
    if (text.size() != digits && text.size() != padded) return false;
    if (text.substr(digits).find_first_not_of('=') != text.npos) return false;

    std::uint32_t bits = 0;  // bits not yet written, at the low end
    unsigned held = 0;
    std::size_t written = 0;
    for (const char c : text.substr(0, digits)) {
        const std::uint8_t value = base64_values[static_cast<unsigned char>(c)];
        if (value == no_value) return false;
        bits = (bits << 6 | value) & 0xFFFF;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out[written++] = static_cast<std::uint8_t>(bits >> held);
    }
    return (bits & ((1u << held) - 1)) == 0;
}

std::string encode_hex(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const std::uint8_t byte : bytes) {
        text += hex_digits[byte >> 4];
        text += hex_digits[byte & 0xF];
    }
    return text;
}

std::string encode_base64(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
        if (here > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
        if (here > 2) group |= bytes[i + 2];
        for (std::size_t digit = 0; digit < 4; ++digit) {
            text += digit <= here ? alphabet[(group >> (18 - 6 * digit)) & 0x3F] : '=';
        }
    }
    return text;
}

}  // namespace chathook::verify
