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
    if (algorithm == Algorithm::sha1) {
        SHA1_Init(&sha1_);
    } else {
        SHA256_Init(&sha256_);
    }
}

void Hash::add(std::string_view bytes) noexcept {
    if (algorithm_ == Algorithm::sha1) {
        SHA1_Update(&sha1_, bytes.data(), bytes.size());
    } else {
        SHA256_Update(&sha256_, bytes.data(), bytes.size());
    }
}

void Hash::finish(std::uint8_t* digest) noexcept {
    if (algorithm_ == Algorithm::sha1) {
        SHA1_Final(digest, &sha1_);
    } else {
        SHA256_Final(digest, &sha256_);
    }
}

#pragma GCC diagnostic pop

Hash::~Hash() { OPENSSL_cleanse(&sha256_, sizeof sha256_); }  // the larger one

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
