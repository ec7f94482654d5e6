// Lenient hex and base64, to explain a signature that was sent, never to accept it (see encoding.hpp for
// that). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chathook::doctor {

enum class Notation : unsigned char { none, hex, base64, base64url };

// The probable notation of `text`. Hex is tried first, because every hex text is also within the base64
// alphabet.
Notation notation_of(std::string_view text) noexcept;

// Appends the bytes that `text` encodes: hex in either case; base64 in either alphabet, with line breaks,
// with or without padding, ignoring stray bits. False, with `out` unspecified, if it is not in that notation.
// Appends at most text.size() bytes, so that a caller with a secret can reserve and wipe.
bool decode_loosely(std::string_view text, Notation notation, std::string& out);

std::string_view without_blanks_around(std::string_view text) noexcept;

}  // namespace chathook::doctor
