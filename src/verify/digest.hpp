// SHA-256, for telling whether two deliveries are the same. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace chathook::verify {

using Sha256 = std::array<std::uint8_t, 32>;

// The digest of the bytes as they stand.
Sha256 sha256(std::string_view bytes);

// The digest of a list: each part is preceded by its length (eight bytes, big-endian), so that no two
// different lists feed the same bytes to the hash.
Sha256 sha256(std::span<const std::string_view> parts);

}  // namespace chathook::verify
