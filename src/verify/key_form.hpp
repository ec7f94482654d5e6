// From the text of a secret to the bytes of a MAC's key. Strict: a decoder that passes over what it does not
// know turns a secret that is no base64 into a short or empty key, with which anybody could sign. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "chathook/scheme_rules.hpp"
#include "chathook/secret.hpp"

namespace chathook::verify {

// The shortest key that a decoded secret may give; a secret that is used as text may be shorter.
inline constexpr std::size_t decoded_key_bytes_min = 16;

// The key, or why the secret is none in this form, in words for whoever configures it and without a character
// of the secret. For a public key the whole of it is examined, and the result is its text.
struct KeyBytes {
    SecretBytes bytes;
    std::string fault = {};  // "is not base64"; empty: `bytes` is the key
};
// Whether the text is a public key in PEM, or in base64 as in one. 64 hex digits could be one, or a secret.
bool is_public_key(std::string_view text);

KeyBytes key_bytes(const SchemeRules& rules, std::string_view secret);

}  // namespace chathook::verify
