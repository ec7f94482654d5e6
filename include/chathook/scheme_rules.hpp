// How a vendor signs, as data. These rules are the only statement of it: what is checked and signed
// (verify/scheme.hpp), printed (verify/signing_words.hpp), explained and asked of a configuration derives
// from them. Plain values; any thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string_view>

#include "chathook/json.hpp"
#include "chathook/time.hpp"

namespace chathook::verify {

// What proves the sender.
enum class Kind : unsigned char {
    hmac,        // a MAC of the signed text, with a key that both sides have
    token,       // the key itself: it proves the sender, and nothing of what was sent
    public_key,  // a signature of the signed text; the source has the public key
};

enum class Algorithm : unsigned char { sha1, sha256, sha512 };  // of a MAC

enum class PublicKeyAlgorithm : unsigned char { ed25519, ecdsa_p256_sha256, rsa_pkcs1_sha256 };

// How the text of a secret becomes a key (verify/key_form.hpp).
enum class KeyForm : unsigned char {
    text,    // its bytes as they are
    base64,  // strictly decoded
    hex,
    whsec,        // base64 after `whsec_`, which may be missing (standardwebhooks.com)
    pem,          // public keys: a PUBLIC KEY block (RFC 7468, section 13), also on one line
    spki_base64,  // the same without the block's head and end
    raw_hex,      // Ed25519: the 32 bytes of the key
};

// How a MAC or signature is written. The length decides between hex and base64: SHA-256 has 64 hex digits, 44
// base64 characters or 43 without the padding.
enum class Encoding : unsigned char {
    hex,
    base64,
    hex_or_base64,
    text,  // tokens only: as it is. Tokens may be in base64 instead
};

enum class HeaderShape : unsigned char {
    bare,   // prefix + MAC
    pairs,  // "t=1492774577,v1=MAC": key, '=', value, separated by commas
    list,   // "v1,MAC v1,MAC": key, ',', value, separated by blanks
};

// Which form of the body is part of the signed text.
enum class BodyForm : unsigned char {
    raw,                 // as received
    raw_or_stringified,  // as received, or JSON.stringify(JSON.parse(body))
};

// The unit of a time that is written in digits.
enum class TimeUnit : unsigned char {
    automatic,     // seconds, or milliseconds from 1e11 up; in a body also RFC 3339
    seconds,       // exactly ten digits: until 2286
    milliseconds,  // exactly thirteen digits
    iso8601,       // RFC 3339 text with an offset
};

// Where the sender says when it signed.
struct TimeRules {
    enum class In : unsigned char { none, header, pair, body } in = In::none;
    std::string_view name = "";                // of the header, or the key of the pair
    std::span<const std::string_view> path{};  // in the body: decoded steps of a JSON pointer (RFC 6901)
    TimeUnit unit = TimeUnit::automatic;
    std::optional<std::chrono::seconds> tolerance{};  // unless the source has one; none: default_tolerance
                                                      // for a time that is part of the signed text
};

// One part of the signed text.
struct TextPart {
    enum class Kind : unsigned char { literal, body, time, id, method, url, form, header } kind = Kind::body;
    std::string_view text = "";  // the literal, or the header's name
};

// A text or number that the signed body must have, or the request is for somebody else.
struct ExpectedText {
    std::span<const std::string_view>
        path{};  // decoded steps of a JSON pointer; "*": every element of an array
    std::string_view text = "";
};

// The texts and lists are not copied: they outlive every Scheme made from the rules.
struct SchemeRules {
    std::string_view header = "";  // "x-lynn-hmac-sha256"; compared case-insensitively
    Kind kind = Kind::hmac;
    Algorithm algorithm = Algorithm::sha256;
    PublicKeyAlgorithm public_key = PublicKeyAlgorithm::ed25519;
    KeyForm key = KeyForm::text;
    std::string_view prefix = "";  // "sha256="; must precede the MAC exactly. Bare headers only
    Encoding encoding = Encoding::hex;
    HeaderShape shape = HeaderShape::bare;
    std::string_view signature_key = "";  // "v1": the key whose values are signatures. Pairs and lists only
    std::span<const TextPart> text{};     // what is signed; empty: the body
    BodyForm body = BodyForm::raw;
    std::string_view id_header = "";  // the header whose value is the part `id`
    TimeRules time{};
    std::span<const std::string_view>
        token_path{};                          // tokens in the body: the steps to it, in place of a header
    std::span<const ExpectedText> expected{};  // besides what a source expects

    constexpr bool signs(TextPart::Kind kind_of) const noexcept {
        return std::ranges::any_of(text, [&](const TextPart& part) { return part.kind == kind_of; });
    }

    // A time outside the body is signed: timestamp_tolerance applies by default.
    constexpr bool signs_time() const noexcept { return signs(TextPart::Kind::time); }

    // The body holds a time: timestamp_tolerance applies if the source sets it.
    constexpr bool dates_body() const noexcept { return time.in == TimeRules::In::body; }

    // The JSON.stringify form counts where the raw body was not what was signed.
    constexpr bool signs_stringified() const noexcept { return body == BodyForm::raw_or_stringified; }

    constexpr bool has_token_in_body() const noexcept { return !token_path.empty(); }
};

// "{time}.{body}", which many senders sign.
inline constexpr TextPart time_dot_body[] = {
    {TextPart::Kind::time}, {TextPart::Kind::literal, "."}, {TextPart::Kind::body}};

}  // namespace chathook::verify
