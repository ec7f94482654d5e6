#include "verify/public_key.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "verify/encoding.hpp"

namespace chathook::verify {
namespace {

constexpr std::size_t ed25519_bytes = 32;
constexpr int rsa_bits_min = 2048;
constexpr std::size_t key_bytes_max = 4096;
constexpr std::string_view pem_head = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view pem_end = "-----END PUBLIC KEY-----";
// What Freshchat's page prints; the key in it is in the general form all the same.
constexpr std::string_view rsa_head = "-----BEGIN RSA PUBLIC KEY-----";
constexpr std::string_view rsa_end = "-----END RSA PUBLIC KEY-----";

std::shared_ptr<void> owned(EVP_PKEY* key) {
    return {key, [](void* held) { EVP_PKEY_free(static_cast<EVP_PKEY*>(held)); }};
}

// The base64 between a block's head and its end, without line breaks and blanks; empty if there is no block.
std::string base64_in(std::string_view text, std::string_view head, std::string_view end) {
    const std::size_t begin = text.find(head);
    const std::size_t behind = text.find(end);
    if (begin == text.npos || behind == text.npos || behind < begin) return {};
    text = text.substr(begin + head.size(), behind - begin - head.size());
    std::string base64;
    std::ranges::copy_if(text, std::back_inserter(base64),
                         [](char c) { return c != '\n' && c != '\r' && c != ' '; });
    return base64;
}

std::optional<std::vector<std::uint8_t>> decode(std::string_view base64) {
    const std::size_t padding = std::min<std::size_t>(2, base64.size() - (base64.find_last_not_of('=') + 1));
    std::vector<std::uint8_t> bytes((base64.size() - padding) * 3 / 4);
    if (bytes.empty() || bytes.size() > key_bytes_max || !decode_base64(base64, bytes)) return std::nullopt;
    return bytes;
}

// A SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7), with nothing behind it.
std::shared_ptr<void> read_spki(std::span<const std::uint8_t> bytes) {
    const std::uint8_t* at = bytes.data();
    auto key = owned(d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes.size())));
    ERR_clear_error();
    return at == bytes.data() + bytes.size() ? key : nullptr;
}

// Why this key does not fit the algorithm; empty if it does.
std::string misfit(PublicKeyAlgorithm algorithm, EVP_PKEY* key) {
    const int kind = EVP_PKEY_get_base_id(key);
    switch (algorithm) {
        case PublicKeyAlgorithm::ed25519: return kind == EVP_PKEY_ED25519 ? "" : "is not an Ed25519 key";
        case PublicKeyAlgorithm::rsa_pkcs1_sha256:
            if (kind != EVP_PKEY_RSA) return "is not an RSA key";
            if (EVP_PKEY_get_bits(key) >= rsa_bits_min) return "";
            return "has " + std::to_string(EVP_PKEY_get_bits(key)) + " bits; at least 2048 are needed";
        case PublicKeyAlgorithm::ecdsa_p256_sha256: break;
    }
    std::array<char, 32> group{};
    std::size_t size = 0;
    const bool named =
        kind == EVP_PKEY_EC && EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                                              group.size(), &size) == 1;
    return named && std::string_view(group.data(), size) == "prime256v1" ? ""
                                                                         : "is not a key of the curve P-256";
}

std::shared_ptr<void> read_key(KeyForm form, std::string_view text, std::string& fault) {
    if (form == KeyForm::raw_hex) {
        std::array<std::uint8_t, ed25519_bytes> bytes{};
        if (decode_hex(text, bytes)) {
            return owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()));
        }
        fault = "is not the 64 hex digits of an Ed25519 key";
        return nullptr;
    }
    std::string base64(text);
    if (form == KeyForm::pem) {
        base64 = base64_in(text, pem_head, pem_end);
        if (base64.empty()) base64 = base64_in(text, rsa_head, rsa_end);
        if (base64.empty()) {
            fault = "has no block from `-----BEGIN PUBLIC KEY-----` to `-----END PUBLIC KEY-----`";
            return nullptr;
        }
    }
    const auto bytes = decode(base64);
    auto key = bytes ? read_spki(*bytes) : nullptr;
    if (!key) fault = "is not a public key (SubjectPublicKeyInfo) in base64";
    return key;
}

}  // namespace

std::optional<PublicKey> PublicKey::read(PublicKeyAlgorithm algorithm, KeyForm form, std::string_view text,
                                         std::string& fault) {
    Key key = read_key(form, text, fault);
    if (!key) return std::nullopt;
    fault = misfit(algorithm, static_cast<EVP_PKEY*>(key.get()));
    if (!fault.empty()) return std::nullopt;
    return PublicKey(algorithm, std::move(key));
}

bool PublicKey::verifies(std::span<const std::string_view> parts,
                         std::span<const std::uint8_t> signature) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    auto* const key = static_cast<EVP_PKEY*>(key_.get());
    const bool hashes = algorithm_ != PublicKeyAlgorithm::ed25519;
    bool right =
        context != nullptr &&
        EVP_DigestVerifyInit(context.get(), nullptr, hashes ? EVP_sha256() : nullptr, nullptr, key) == 1;
    if (right && hashes) {
        for (const std::string_view part : parts) {
            right = right && EVP_DigestVerifyUpdate(context.get(), part.data(), part.size()) == 1;
        }
        right = right && EVP_DigestVerifyFinal(context.get(), signature.data(), signature.size()) == 1;
    } else if (right) {
        // Ed25519 reads the text twice, so it needs it in one piece.
        std::string text;
        for (const std::string_view part : parts) text += part;
        right = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                 reinterpret_cast<const std::uint8_t*>(text.data()), text.size()) == 1;
    }
    ERR_clear_error();
    return right;
}

}  // namespace chathook::verify
