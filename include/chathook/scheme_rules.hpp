// How a vendor signs, as data. These rules are the only statement of it: what is checked and signed
// (verify/scheme.hpp), printed (verify/signing_words.hpp), explained and asked of a configuration derives
// from them. Plain values; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "chathook/json.hpp"
#include "chathook/time.hpp"

namespace chathook::verify {

enum class Algorithm : unsigned char { sha1, sha256 };

// How the MAC is written. The length decides: SHA-256 has 64 hex digits, 44 base64 characters or 43 without
// the padding.
enum class Encoding : unsigned char { hex, hex_or_base64 };

enum class HeaderShape : unsigned char {
    bare,   // prefix + MAC; only the body is signed
    pairs,  // "t=1492774577,v1=MAC"; the text of t, a full stop and the body are signed
};

// Which form of the body is part of the signed text.
enum class BodyForm : unsigned char {
    raw,                 // as received
    raw_or_stringified,  // as received, or JSON.stringify(JSON.parse(body))
};

// The texts are not copied: they outlive every Scheme made from the rules.
struct SchemeRules {
    std::string_view header = "";  // "x-lynn-hmac-sha256"; compared case-insensitively
    Algorithm algorithm = Algorithm::sha256;
    std::string_view prefix = "";  // "sha256="; must precede the MAC exactly. Bare headers only
    Encoding encoding = Encoding::hex;
    HeaderShape shape = HeaderShape::bare;
    BodyForm body = BodyForm::raw;

    // Bare headers only: reads a time from the body, which a source may compare with the local clock.
    std::optional<Instant> (*time_in_body)(Json body) = nullptr;

    // A time in the header is signed: timestamp_tolerance applies by default.
    constexpr bool signs_time() const noexcept { return shape == HeaderShape::pairs; }

    // The body holds a time: timestamp_tolerance applies if the source sets it.
    constexpr bool dates_body() const noexcept { return time_in_body != nullptr; }

    // The JSON.stringify form counts where the raw body was not what was signed.
    constexpr bool signs_stringified() const noexcept { return body == BodyForm::raw_or_stringified; }
};

}  // namespace chathook::verify
