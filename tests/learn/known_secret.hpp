// A secret and its MACs, for the tests of this room.
#pragma once

#include <string>
#include <string_view>

#include "verify/encoding.hpp"
#include "verify/hmac.hpp"

namespace chathook::test {

inline constexpr std::string_view known_secret = "a secret of some length";

// HMAC-SHA256 in hex.
inline std::string known_mac(std::string_view text, std::string_view key = known_secret) {
    return verify::encode_hex(verify::HmacKey(verify::Algorithm::sha256, key).mac({text}).view());
}

}  // namespace chathook::test
