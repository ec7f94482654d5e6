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

KeyBytes key_bytes(const SchemeRules& rules, std::string_view secret) {
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
    if (!PublicKey::read(rules.public_key, rules.key, secret, key.fault)) return key;
    key.bytes = SecretBytes(secret);
    return key;
}

}  // namespace chathook::verify
