// HMAC (RFC 2104) with a key that is prepared once, at start-up: a request then only copies two hash states.
// An HmacKey is immutable; any thread may use it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "verify/digest.hpp"

namespace chathook::verify {

inline constexpr std::size_t mac_bytes_max = 64;

// The destructor wipes it: the right MAC of a body is what a forger lacks, and it is computed for every
// forged request.
struct Mac {
    std::array<std::uint8_t, mac_bytes_max> bytes{};
    std::size_t size = 0;

    ~Mac();

    std::span<const std::uint8_t> view() const noexcept { return {bytes.data(), size}; }
};

// Constant-time comparison. MACs of different sizes are never equal, nor are empty ones.
bool equal(const Mac& left, const Mac& right) noexcept;

class HmacKey {
public:
    // `secret` is used unchanged and not kept. Throws std::invalid_argument if it is empty: OpenSSL would
    // sign with it, and so could anybody.
    HmacKey(Algorithm algorithm, std::string_view secret);

    Algorithm algorithm() const noexcept { return algorithm_; }

    // The MAC over the concatenated parts.
    Mac mac(std::span<const std::string_view> parts) const noexcept;
    Mac mac(std::initializer_list<std::string_view> parts) const noexcept {
        return mac(std::span(parts.begin(), parts.size()));
    }

private:
    Algorithm algorithm_;
    Hash inner_;  // state after the key's inner block
    Hash outer_;  // state after the key's outer block
};

}  // namespace chathook::verify
