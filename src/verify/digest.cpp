#include "verify/digest.hpp"

#include <openssl/crypto.h>

namespace chathook::verify {
namespace {

std::array<char, 8> big_endian(std::uint64_t value) noexcept {
    std::array<char, 8> bytes;
    for (std::size_t i = bytes.size(); i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xFF);
    return bytes;
}

}  // namespace

// These functions are deprecated since OpenSSL 3.0 because they bypass its providers. They never fail if the
// algorithm is compiled in.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

Hash::Hash(Algorithm algorithm) noexcept : algorithm_(algorithm) {
    switch (algorithm) {
        case Algorithm::sha1: SHA1_Init(&sha1_); break;
        case Algorithm::sha256: SHA256_Init(&sha256_); break;
        case Algorithm::sha512: SHA512_Init(&sha512_); break;
    }
}

// Copies what the algorithm uses: the state of SHA-512 is twice as large, and this runs twice for each MAC.
Hash::Hash(const Hash& other) noexcept { *this = other; }

Hash& Hash::operator=(const Hash& other) noexcept {
    algorithm_ = other.algorithm_;
    switch (algorithm_) {
        case Algorithm::sha1: sha1_ = other.sha1_; break;
        case Algorithm::sha256: sha256_ = other.sha256_; break;
        case Algorithm::sha512: sha512_ = other.sha512_; break;
    }
    return *this;
}

void Hash::add(std::string_view bytes) noexcept {
    switch (algorithm_) {
        case Algorithm::sha1: SHA1_Update(&sha1_, bytes.data(), bytes.size()); break;
        case Algorithm::sha256: SHA256_Update(&sha256_, bytes.data(), bytes.size()); break;
        case Algorithm::sha512: SHA512_Update(&sha512_, bytes.data(), bytes.size()); break;
    }
}

void Hash::finish(std::uint8_t* digest) noexcept {
    switch (algorithm_) {
        case Algorithm::sha1: SHA1_Final(digest, &sha1_); break;
        case Algorithm::sha256: SHA256_Final(digest, &sha256_); break;
        case Algorithm::sha512: SHA512_Final(digest, &sha512_); break;
    }
}

#pragma GCC diagnostic pop

Hash::~Hash() {
    const bool is_long = algorithm_ == Algorithm::sha512;
    OPENSSL_cleanse(&sha256_, is_long ? sizeof sha512_ : sizeof sha256_);
}

Sha256 sha256(std::string_view bytes) noexcept {
    Sha256 digest;
    Hash hash(Algorithm::sha256);
    hash.add(bytes);
    hash.finish(digest.data());
    return digest;
}

void ListHash::add(std::string_view part) noexcept {
    const std::array<char, 8> length = big_endian(part.size());
    hash_.add({length.data(), length.size()});
    hash_.add(part);
}

Sha256 ListHash::finish() noexcept {
    Sha256 digest;
    hash_.finish(digest.data());
    return digest;
}

}  // namespace chathook::verify
