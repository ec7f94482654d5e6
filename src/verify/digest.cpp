#include "verify/digest.hpp"

#include <openssl/evp.h>

#include <cstddef>
#include <memory>
#include <new>

namespace chathook::verify {
namespace {

// EVP_sha256() is looked up by name in every EVP_DigestInit_ex() (OpenSSL 3, crypto(7)); this is looked up
// once.
const EVP_MD* sha256_method() noexcept {
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return method;
}

class Hash {
public:
    Hash() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
        if (context_ == nullptr || EVP_DigestInit_ex(context_.get(), sha256_method(), nullptr) != 1) {
            throw std::bad_alloc();
        }
    }

    void add(std::string_view bytes) {
        if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) throw std::bad_alloc();
    }

    Sha256 finish() {
        Sha256 digest;
        if (EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) throw std::bad_alloc();
        return digest;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

std::array<char, 8> big_endian(std::uint64_t value) noexcept {
    std::array<char, 8> bytes;
    for (std::size_t i = bytes.size(); i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xFF);
    return bytes;
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
    Hash hash;
    hash.add(bytes);
    return hash.finish();
}

Sha256 sha256(std::span<const std::string_view> parts) {
    Hash hash;
    for (const std::string_view part : parts) {
        const std::array<char, 8> length = big_endian(part.size());
        hash.add({length.data(), length.size()});
        hash.add(part);
    }
    return hash.finish();
}

}  // namespace chathook::verify
