// Hex and base64, strictly: one text for one byte string, give or take the case of hex digits and base64's
// padding. OpenSSL's own decoders skip blanks and accept stray bits. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace chathook::verify {

// Fills `out` and answers true if `text` is exactly its bytes in hex: two digits a byte, either case.
bool decode_hex(std::string_view text, std::span<std::uint8_t> out) noexcept;

// Fills `out` and answers true if `text` is exactly its bytes in base64 (RFC 4648 section 4): standard
// alphabet, all of the padding or none, unused bits zero.
bool decode_base64(std::string_view text, std::span<std::uint8_t> out) noexcept;

std::string encode_hex(std::span<const std::uint8_t> bytes);  // lowercase
std::string encode_base64(std::span<const std::uint8_t> bytes);

}  // namespace chathook::verify
