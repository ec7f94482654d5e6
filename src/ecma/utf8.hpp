// UTF-8 as a JavaScript receiver decodes it (WHATWG Encoding, section 8.1.1). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chathook::ecma {

bool is_utf8(std::string_view bytes) noexcept;

// Each maximal invalid part becomes one U+FFFD; the rest is kept. A byte order mark is kept, too.
std::string decode_utf8(std::string_view bytes);

// A lone surrogate is encoded like any other code point of its size (WTF-8): ED A0..BF 80..BF, which never
// occurs in valid UTF-8.
void append_utf8(std::string& out, char32_t value);

}  // namespace chathook::ecma
