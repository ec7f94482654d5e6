// SHA-1, SHA-256 and SHA-512, for the vendors' MACs and for recognising repeated deliveries. Pure; any
// thread.
#pragma once

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <chathook/scheme_rules.hpp>

namespace chathook::verify {

constexpr std::size_t mac_bytes(Algorithm algorithm) noexcept {
    switch (algorithm) {
        case Algorithm::sha1: return 20;
        case Algorithm::sha256: return 32;
        case Algorithm::sha512: break;
    }
    return 64;
}

// The state of a digest. A plain value that can be copied, so that a MAC starts from the prepared state of
// its key without heap allocation: OpenSSL's EVP allocates twice per digest, which cost as much as hashing
// half a webhook. The destructor wipes the state.
class Hash {
public:
    explicit Hash(Algorithm algorithm) noexcept;
    Hash(const Hash& other) noexcept;
    Hash& operator=(const Hash& other) noexcept;
    ~Hash();

    void add(std::string_view bytes) noexcept;

    // Writes the mac_bytes() of the digest to `digest`. To be called once.
    void finish(std::uint8_t* digest) noexcept;

private:
    Algorithm algorithm_;
    union {
        SHA_CTX sha1_;
        SHA256_CTX sha256_;
        SHA512_CTX sha512_;
    };
};

using Sha256 = std::array<std::uint8_t, 32>;

// The digest of the bytes.
Sha256 sha256(std::string_view bytes) noexcept;

// The digest of a list: each part is preceded by its length (eight bytes, big-endian), so that no two
// different lists feed the same bytes to the hash.
class ListHash {
public:
    void add(std::string_view part) noexcept;
    Sha256 finish() noexcept;  // once

private:
    Hash hash_{Algorithm::sha256};
};

}  // namespace chathook::verify
