// CRC-32C (Castagnoli; RFC 3720, appendix B.4), the check value of every journal record. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace chathook::disk {

// Continues `crc`, the CRC of the bytes so far (0: none), with `bytes`.
std::uint32_t crc32c(std::uint32_t crc, std::string_view bytes) noexcept;

// The same result without CPU instructions for it: for other machines, and for the tests to compare with.
std::uint32_t crc32c_portable(std::uint32_t crc, std::string_view bytes) noexcept;

}  // namespace chathook::disk
