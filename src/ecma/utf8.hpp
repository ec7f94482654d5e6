// UTF-8 as a JavaScript receiver decodes it (WHATWG Encoding, section 8.1.1). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chathook::ecma {

bool is_utf8(std::string_view bytes) noexcept;

// Each maximal part that can be no character becomes one U+FFFD; the rest is kept. No byte order mark is
// dropped.
std::string decode_utf8(std::string_view bytes);

// A lone surrogate is written like any other number of its size (WTF-8): ED A0..BF 80..BF, which no valid
// UTF-8 holds.
void append_utf8(std::string& out, char32_t value);

}  // namespace chathook::ecma
