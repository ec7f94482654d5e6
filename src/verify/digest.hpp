// SHA-1 and SHA-256: for the vendors' MACs, and for telling whether two deliveries are the same. Pure; any
// thread.
#pragma once

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chathook::verify {

enum class Algorithm : unsigned char { sha1, sha256 };

constexpr std::size_t mac_bytes(Algorithm algorithm) noexcept {
    return algorithm == Algorithm::sha1 ? 20 : 32;
}

// A digest under way. A value that is copied like any other, so that a MAC starts from what its key was made
// into and nothing is fetched from the heap: OpenSSL's EVP does that twice for each digest, and took as long
// for it as for half a webhook's bytes. What it held is wiped when it goes.
class Hash {
public:
    explicit Hash(Algorithm algorithm) noexcept;
    Hash(const Hash&) noexcept = default;
    Hash& operator=(const Hash&) noexcept = default;
    ~Hash();

    void add(std::string_view bytes) noexcept;

    // Writes the mac_bytes() of the digest to `digest`. Once.
    void finish(std::uint8_t* digest) noexcept;

private:
    Algorithm algorithm_;
    union {
        SHA_CTX sha1_;
        SHA256_CTX sha256_;
    };
};

using Sha256 = std::array<std::uint8_t, 32>;

// The digest of the bytes as they stand.
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
