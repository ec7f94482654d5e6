// Strict hex and base64: one text for one byte string, except for the case of hex digits and the padding of
// base64. OpenSSL's own decoders skip white space and accept stray bits. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace chathook::verify {

inline constexpr std::string_view hex_digits = "0123456789abcdef";

// Fills `out` and returns true if `text` is exactly that many bytes in hex: two digits per byte, either case.
bool decode_hex(std::string_view text, std::span<std::uint8_t> out) noexcept;

// Fills `out` and returns true if `text` is exactly that many bytes in base64 (RFC 4648 section 4): standard
// alphabet, full padding or none, unused bits zero.
bool decode_base64(std::string_view text, std::span<std::uint8_t> out) noexcept;

std::string encode_hex(std::span<const std::uint8_t> bytes);  // lowercase
std::string encode_base64(std::span<const std::uint8_t> bytes);

}  // namespace chathook::verify
