#include "verify/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <new>
#include <stdexcept>

namespace chathook::verify {
namespace {

// Of SHA-1 and SHA-256 alike (RFC 2104 section 2: B).
constexpr std::size_t block_bytes = 64;

// OpenSSL's digests fail for want of memory only, once the algorithm is there.
void require(bool worked) {
    if (!worked) throw std::bad_alloc();
}

const EVP_MD* digest_of(Algorithm algorithm) noexcept {
    return algorithm == Algorithm::sha1 ? EVP_sha1() : EVP_sha256();
}

using Block = std::array<std::uint8_t, block_bytes>;

// The key as one block: hashed first if it is longer.
Block key_block(Algorithm algorithm, std::string_view secret) {
    Block block{};
    if (secret.size() <= block.size()) {
        std::copy(secret.begin(), secret.end(), block.begin());
    } else {
        require(EVP_Digest(secret.data(), secret.size(), block.data(), nullptr, digest_of(algorithm),
                           nullptr) == 1);
    }
    return block;
}

}  // namespace

bool equal(const Mac& left, const Mac& right) noexcept {
    // Sizes are no secret; unused bytes are zero, so the comparison is over a fixed length.
    return left.size == right.size && left.size > 0 &&
           CRYPTO_memcmp(left.bytes.data(), right.bytes.data(), mac_bytes_max) == 0;
}

void HmacKey::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

HmacKey::HmacKey(Algorithm algorithm, std::string_view secret) : algorithm_(algorithm) {
    if (secret.empty()) throw std::invalid_argument("an HMAC key must not be empty");
    Block block = key_block(algorithm, secret);
    const auto begin = [&](std::uint8_t pad) {
        Block padded = block;
        for (std::uint8_t& byte : padded) byte ^= pad;
        Context context(EVP_MD_CTX_new());
        require(context != nullptr && EVP_DigestInit_ex(context.get(), digest_of(algorithm), nullptr) == 1 &&
                EVP_DigestUpdate(context.get(), padded.data(), padded.size()) == 1);
        OPENSSL_cleanse(padded.data(), padded.size());
        return context;
    };
    inner_ = begin(0x36);
    outer_ = begin(0x5C);
    OPENSSL_cleanse(block.data(), block.size());
}

HmacKey::Context HmacKey::copy(const Context& context) {
    Context copied(EVP_MD_CTX_new());
    require(copied != nullptr && EVP_MD_CTX_copy_ex(copied.get(), context.get()) == 1);
    return copied;
}

Mac HmacKey::mac(std::initializer_list<std::string_view> parts) const {
    Mac mac;
    mac.size = mac_bytes(algorithm_);
    const Context inner = copy(inner_);
    for (const std::string_view part : parts) {
        require(EVP_DigestUpdate(inner.get(), part.data(), part.size()) == 1);
    }
    require(EVP_DigestFinal_ex(inner.get(), mac.bytes.data(), nullptr) == 1);
    const Context outer = copy(outer_);
    require(EVP_DigestUpdate(outer.get(), mac.bytes.data(), mac.size) == 1);
    require(EVP_DigestFinal_ex(outer.get(), mac.bytes.data(), nullptr) == 1);
    return mac;
}

}  // namespace chathook::verify
