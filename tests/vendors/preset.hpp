// A source of any vendor of the catalog and its sender, whatever the vendor asks of a secret and however it
// signs. Public keys are made for the test. Any thread.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <chathook/vendor.hpp>

#include "vendors/catalog.hpp"
#include "verify/encoding.hpp"
#include "verify/vendor.hpp"

namespace chathook::test {

inline constexpr std::string_view preset_url = "https://hooks.example.com/preset?b=2&a=1";

// A key pair, new for each object.
class KeyPair {
public:
    explicit KeyPair(verify::PublicKeyAlgorithm algorithm)
        : key_(make(algorithm), EVP_PKEY_free),
          digest_(algorithm == verify::PublicKeyAlgorithm::ed25519 ? nullptr : EVP_sha256()) {
        if (key_ == nullptr) throw std::runtime_error("OpenSSL made no key");
    }

    // As the rules ask for it.
    std::string public_text(verify::KeyForm form) const {
        unsigned char* der = nullptr;
        const auto size = static_cast<std::size_t>(i2d_PUBKEY(key_.get(), &der));
        const std::vector<std::uint8_t> bytes(der, der + size);
        OPENSSL_free(der);
        constexpr std::size_t raw = 32;  // of Ed25519, at the end
        if (form == verify::KeyForm::raw_hex) return verify::encode_hex(std::span(bytes).last(raw));
        const std::string text = verify::encode_base64(bytes);
        if (form == verify::KeyForm::spki_base64) return text;
        return "-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----\n";
    }

    std::vector<std::uint8_t> sign(std::string_view text) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                              EVP_MD_CTX_free);
        const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
        std::size_t size = 0;
        EVP_DigestSignInit(context.get(), nullptr, digest_, nullptr, key_.get());
        EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size());
        std::vector<std::uint8_t> signature(size);
        EVP_DigestSign(context.get(), signature.data(), &size, bytes, text.size());
        signature.resize(size);
        return signature;
    }

    EVP_PKEY* get() const { return key_.get(); }

private:
    static EVP_PKEY* make(verify::PublicKeyAlgorithm algorithm) {
        constexpr std::size_t rsa_bits = 2048;
        switch (algorithm) {
            case verify::PublicKeyAlgorithm::ed25519: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
            case verify::PublicKeyAlgorithm::ecdsa_p256_sha256:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
            case verify::PublicKeyAlgorithm::rsa_pkcs1_sha256:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", rsa_bits);
        }
        return nullptr;
    }

    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    const EVP_MD* digest_;
};

// A vendor with a secret of the form that it asks for. `salt` tells secrets apart.
class Preset {
public:
    explicit Preset(std::string_view name, std::string_view salt = "a secret of some length")
        : rules_(vendors::find_vendor(name)->rules) {
        if (rules_.kind == verify::Kind::public_key) keys_ = std::make_unique<KeyPair>(rules_.public_key);
        secret_ = secret(salt);
        VendorSettings settings;
        settings.secrets.push_back({SecretBytes(secret_), std::nullopt});
        settings.public_url = preset_url;
        vendor_ = vendors::make_vendor(name, std::move(settings));
    }

    const verify::Vendor& vendor() const noexcept { return *vendor_; }

    // The body as the vendor sends it: with the token, if that stands in there.
    std::string body_of(std::string_view body) const {
        if (!rules_.has_token_in_body()) return std::string(body);
        auto parsed = nlohmann::ordered_json::parse(body);
        nlohmann::ordered_json* at = &parsed;
        for (const std::string_view step : rules_.token_path) at = &(*at)[std::string(step)];
        *at = secret_;
        return parsed.dump();
    }

    // The headers of a genuine request, the signature's first.
    std::vector<SignedHeader> sign(const std::string& body, Instant now) const {
        if (keys_ == nullptr) return vendor_->sign(body, "", now);
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
        std::string text;
        for (const verify::TextPart& part : rules_.text) {
            if (part.kind == verify::TextPart::Kind::time) text += std::to_string(seconds);
            if (part.kind == verify::TextPart::Kind::body) text += body;
        }
        if (rules_.text.empty()) text = body;
        const std::vector<std::uint8_t> signature = keys_->sign(text);
        const bool is_hex = rules_.encoding == verify::Encoding::hex;
        std::vector<SignedHeader> headers{
            {std::string(rules_.header),
             is_hex ? verify::encode_hex(signature) : verify::encode_base64(signature)}};
        if (rules_.time.in == verify::TimeRules::In::header) {
            headers.push_back({std::string(rules_.time.name), std::to_string(seconds)});
        }
        return headers;
    }

private:
    std::string secret(std::string_view salt) const {
        const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(salt.data()),
                                                  salt.size());
        switch (rules_.key) {
            case verify::KeyForm::text: return std::string(salt);
            case verify::KeyForm::base64: return verify::encode_base64(bytes);
            case verify::KeyForm::hex: return verify::encode_hex(bytes);
            case verify::KeyForm::whsec: return "whsec_" + verify::encode_base64(bytes);
            case verify::KeyForm::pem:
            case verify::KeyForm::spki_base64:
            case verify::KeyForm::raw_hex: return keys_->public_text(rules_.key);
        }
        return {};
    }

    const verify::SchemeRules& rules_;
    std::unique_ptr<KeyPair> keys_;
    std::string secret_;
    std::unique_ptr<verify::Vendor> vendor_;
};

}  // namespace chathook::test
