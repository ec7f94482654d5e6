// CRC-32C (Castagnoli; RFC 3720, appendix B.4), the check value of every journal record. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace chathook::journal {

// The CRC of what was read so far (`crc`; 0: nothing) followed by `bytes`.
std::uint32_t crc32c(std::uint32_t crc, std::string_view bytes) noexcept;

// The same without the processor's help: what other machines run, and what the tests compare with.
std::uint32_t crc32c_portable(std::uint32_t crc, std::string_view bytes) noexcept;

}  // namespace chathook::journal
