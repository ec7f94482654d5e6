// Numbers in the journal's tables: lowest byte first on every machine. Pure; any thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace chathook::format {

template <class Number>
void put(std::string& out, Number number) {
    std::array<char, sizeof(Number)> bytes{};
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(bytes.data(), &number, sizeof number);
    } else {
        for (char& byte : bytes) {
            byte = static_cast<char>(number & 0xff);
            number >>= 8;
        }
    }
    out.append(bytes.data(), bytes.size());
}

// `bytes` reach at least to the end of the number.
template <class Number>
Number get(std::string_view bytes, std::size_t at) noexcept {
    Number number = 0;
    for (std::size_t byte = sizeof(Number); byte > 0; --byte) {
        number = static_cast<Number>(number << 8) | static_cast<unsigned char>(bytes[at + byte - 1]);
    }
    return number;
}

inline std::uint32_t get32(std::string_view bytes, std::size_t at) noexcept {
    return get<std::uint32_t>(bytes, at);
}

}  // namespace chathook::format
