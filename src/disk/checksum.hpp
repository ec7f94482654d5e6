// CRC-32C over several values (docs/journal-format.md). Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "disk/crc32c.hpp"

namespace chathook::disk {

// Adds values to a CRC in the same way on every machine: integers as 8 bytes, lowest first; texts behind
// their length, so that different records do not yield the same bytes.
class Checksum {
public:
    void add(std::uint64_t value) noexcept {
        std::array<char, 8> bytes{};
        for (char& byte : bytes) {
            byte = static_cast<char>(value & 0xff);
            value >>= 8;
        }
        crc_ = crc32c(crc_, {bytes.data(), bytes.size()});
    }
    void add(std::string_view text) noexcept {
        add(std::uint64_t{text.size()});
        crc_ = crc32c(crc_, text);
    }
    std::uint32_t value() const noexcept { return crc_; }

private:
    std::uint32_t crc_ = 0;
};

}  // namespace chathook::disk
