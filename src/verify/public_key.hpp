// A public key, with which a sender's signature is proved. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "chathook/scheme_rules.hpp"

namespace chathook::verify {

class PublicKey {
public:
    // The key in this form, which must be of the algorithm and strong enough: 2048 bits for RSA. nullopt,
    // with `fault` in words, if it is not.
    static std::optional<PublicKey> read(PublicKeyAlgorithm algorithm, KeyForm form, std::string_view text,
                                         std::string& fault);

    // Whether `signature` (DER for ECDSA, RFC 3279, section 2.2.3) is one of the concatenated parts.
    bool verifies(std::span<const std::string_view> parts, std::span<const std::uint8_t> signature) const;

private:
    using Key = std::shared_ptr<void>;  // an EVP_PKEY

    PublicKey(PublicKeyAlgorithm algorithm, Key key) : algorithm_(algorithm), key_(std::move(key)) {}

    PublicKeyAlgorithm algorithm_;
    Key key_;
};

}  // namespace chathook::verify
