#include "verify/hmac.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <stdexcept>

namespace chathook::verify {
namespace {

// B, ipad and opad of RFC 2104, section 2.
constexpr std::size_t block_bytes_max = 128;
constexpr std::size_t block_bytes(Algorithm algorithm) noexcept {
    return algorithm == Algorithm::sha512 ? 128 : 64;
}
constexpr std::uint8_t inner_pad = 0x36;
constexpr std::uint8_t outer_pad = 0x5C;

using Block = std::array<std::uint8_t, block_bytes_max>;

// The key as one block; a longer key is hashed first.
Block key_block(Algorithm algorithm, std::string_view secret) {
    if (secret.empty()) throw std::invalid_argument("an HMAC key must not be empty");
    Block block{};
    if (secret.size() <= block_bytes(algorithm)) {
        std::copy(secret.begin(), secret.end(), block.begin());
    } else {
        Hash hash(algorithm);
        hash.add(secret);
        hash.finish(block.data());
    }
    return block;
}

// The hash state after the key's block, XORed with one of the pads.
Hash begun(Algorithm algorithm, std::string_view secret, std::uint8_t pad) {
    Block block = key_block(algorithm, secret);
    for (std::uint8_t& byte : block) byte ^= pad;
    Hash hash(algorithm);
    hash.add({reinterpret_cast<const char*>(block.data()), block_bytes(algorithm)});
    OPENSSL_cleanse(block.data(), block.size());
    return hash;
}

}  // namespace

Mac::~Mac() { OPENSSL_cleanse(bytes.data(), size); }

bool equal(const Mac& left, const Mac& right) noexcept {
    // Sizes are not secret.
    return left.size == right.size && left.size > 0 &&
           CRYPTO_memcmp(left.bytes.data(), right.bytes.data(), left.size) == 0;
}

HmacKey::HmacKey(Algorithm algorithm, std::string_view secret)
    : algorithm_(algorithm),
      inner_(begun(algorithm, secret, inner_pad)),
      outer_(begun(algorithm, secret, outer_pad)) {}

Mac HmacKey::mac(std::span<const std::string_view> parts) const noexcept {
    Mac mac;
    mac.size = mac_bytes(algorithm_);
    Hash inner = inner_;
    for (const std::string_view part : parts) inner.add(part);
    inner.finish(mac.bytes.data());
    Hash outer = outer_;
    outer.add({reinterpret_cast<const char*>(mac.bytes.data()), mac.size});
    outer.finish(mac.bytes.data());
    return mac;
}

}  // namespace chathook::verify
