#include "verify/signing_words.hpp"

namespace chathook::verify {
namespace {

std::string_view algorithm_of(const SchemeRules& rules) noexcept {
    if (rules.kind == Kind::token) return "shared token";
    if (rules.kind == Kind::hmac) {
        switch (rules.algorithm) {
            case Algorithm::sha1: return "HMAC-SHA1";
            case Algorithm::sha256: return "HMAC-SHA256";
            case Algorithm::sha512: break;
        }
        return "HMAC-SHA512";
    }
    switch (rules.public_key) {
        case PublicKeyAlgorithm::ed25519: return "Ed25519";
        case PublicKeyAlgorithm::ecdsa_p256_sha256: return "ECDSA on P-256 with SHA-256";
        case PublicKeyAlgorithm::rsa_pkcs1_sha256: break;
    }
    return "RSA (PKCS #1 v1.5) with SHA-256";
}

std::string_view encoding_of(Encoding encoding) noexcept {
    switch (encoding) {
        case Encoding::hex: return "hex";
        case Encoding::base64: return "base64";
        case Encoding::hex_or_base64: return "hex or base64";
        case Encoding::text: break;
    }
    return "plain text";
}

std::string in_words(const SchemeRules& rules, const TextPart& part, std::string_view body) {
    switch (part.kind) {
        case TextPart::Kind::literal: return '"' + std::string(part.text) + '"';
        case TextPart::Kind::body: return std::string(body);
        case TextPart::Kind::time: return std::string(rules.time.name);
        case TextPart::Kind::id: return std::string(rules.id_header);
        case TextPart::Kind::method: return "method";
        case TextPart::Kind::url: return "public_url";
        case TextPart::Kind::form: return "sorted form fields";
        case TextPart::Kind::header: break;
    }
    return std::string(part.text);
}

// "t + "." + raw body", with `body` in its place.
std::string text_in_words(const SchemeRules& rules, std::string_view body) {
    if (rules.text.empty()) return std::string(body);
    std::string words;
    for (const TextPart& part : rules.text) {
        if (!words.empty()) words += " + ";
        words += in_words(rules, part, body);
    }
    return words;
}

}  // namespace

SigningWords describe(const SchemeRules& rules) {
    SigningWords words;
    words.algorithm = algorithm_of(rules);
    words.encoding = encoding_of(rules.encoding);
    if (!rules.prefix.empty()) words.encoding += ", after \"" + std::string(rules.prefix) + '"';
    if (rules.kind == Kind::token) {
        words.signed_text = "nothing";
        return words;
    }
    words.signed_text = text_in_words(rules, "raw body");
    if (rules.signs_stringified()) {
        words.signed_text += ", else " + text_in_words(rules, "its JSON.stringify form");
    }
    return words;
}

}  // namespace chathook::verify
