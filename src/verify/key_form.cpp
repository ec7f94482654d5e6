#include "verify/key_form.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdint>
#include <span>

#include "verify/encoding.hpp"
#include "verify/public_key.hpp"

namespace chathook::verify {
namespace {

constexpr std::string_view whsec_prefix = "whsec_";

std::span<std::uint8_t> bytes_of(std::string& text) noexcept {
    return {reinterpret_cast<std::uint8_t*>(text.data()), text.size()};
}

KeyBytes decoded(std::string_view text, bool hex) {
    std::size_t size = text.size() / 2;
    if (!hex) {
        const std::size_t padding = std::min<std::size_t>(2, text.size() - (text.find_last_not_of('=') + 1));
        size = (text.size() - padding) * 3 / 4;
    }
    std::string bytes(size, '\0');
    const bool strict = hex ? decode_hex(text, bytes_of(bytes)) : decode_base64(text, bytes_of(bytes));
    KeyBytes key;
    if (!strict) {
        key.fault = hex ? "is not hex: pairs of the digits 0 to 9 and a to f"
                        : "is not base64: letters, digits, '+' and '/', then '=' up to a multiple of four";
    } else if (bytes.size() < decoded_key_bytes_min) {
        key.fault = "decodes to " + std::to_string(bytes.size()) + " bytes; at least " +
                    std::to_string(decoded_key_bytes_min) + " are needed, for a shorter key can be guessed";
    } else {
        key.bytes = SecretBytes(bytes);
    }
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return key;
}

}  // namespace

bool is_public_key(std::string_view text) {
    std::string ignored;
    for (const auto algorithm : {PublicKeyAlgorithm::ed25519, PublicKeyAlgorithm::ecdsa_p256_sha256,
                                 PublicKeyAlgorithm::rsa_pkcs1_sha256}) {
        if (PublicKey::read(algorithm, KeyForm::pem, text, ignored) ||
            PublicKey::read(algorithm, KeyForm::spki_base64, text, ignored))
            return true;
    }
    return false;
}

KeyBytes key_bytes(const SchemeRules& rules, std::string_view secret) {
    if (rules.kind != Kind::public_key && is_public_key(secret)) {
        return {{}, "is a public key, which anybody may have; it needs kind: public-key"};
    }
    switch (rules.key) {
        case KeyForm::text: return {SecretBytes(secret)};
        case KeyForm::base64: return decoded(secret, false);
        case KeyForm::hex: return decoded(secret, true);
        case KeyForm::whsec:
            if (secret.starts_with("v1,")) {
                return {{}, "begins with `v1,`, which is not part of the secret; leave it out"};
            }
            return decoded(secret.starts_with(whsec_prefix) ? secret.substr(whsec_prefix.size()) : secret,
                           false);
        case KeyForm::pem:
        case KeyForm::spki_base64:
        case KeyForm::raw_hex: break;
    }
    KeyBytes key;
    if (!PublicKey::read(rules.public_key, rules.key, secret, key.fault)) {
        if (rules.key == KeyForm::raw_hex && is_public_key(secret))
            key.fault += ": it is one in PEM or SPKI; write key: pem or spki-base64";
        if (secret.find("PRIVATE KEY") != secret.npos)
            key.fault = "is a private key; the vendor's public key is needed";
        return key;
    }
    key.bytes = SecretBytes(secret);
    return key;
}

}  // namespace chathook::verify
