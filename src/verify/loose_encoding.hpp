// Hex and base64 as people and programs write them who are not strict: for explaining what was sent, never
// for accepting it (that is encoding.hpp). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chathook::verify {

enum class Notation : unsigned char { none, hex, base64, base64url };

// What `text` looks like. Hex goes first: every hex text has the letters of base64 too.
Notation notation_of(std::string_view text) noexcept;

// Appends the bytes that `text` stands for: hex of either case; base64 in either alphabet, with line breaks,
// with or without padding, stray bits ignored. False, and `out` is of no use, if it is not in that notation.
// Appends no more than text.size() bytes, so that whoever holds a secret can reserve and wipe.
bool decode_loosely(std::string_view text, Notation notation, std::string& out);

std::string_view without_blanks_around(std::string_view text) noexcept;

}  // namespace chathook::verify
