// Decodes UTF-8 one code point at a time, for code that prints bytes a sender chose. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace chathook {

// The first code point of a text. If it is invalid (RFC 3629: overlong, surrogate, beyond U+10FFFF,
// truncated): value 0, size 1, so that a reader continues with the next byte.
struct CodePoint {
    char32_t value = 0;
    std::size_t size = 0;  // bytes; 0 only for an empty text
    bool valid = false;
};

CodePoint first_code_point(std::string_view text) noexcept;

// How many leading bytes of a text are printable ASCII and neither a quote nor a backslash, and so need no
// escape in quoted text. Reads eight bytes at a time.
std::size_t plain_ascii(std::string_view text) noexcept;

// C0, DEL and C1, line and paragraph separators, and bidirectional controls: whatever could start a line,
// move a cursor or make text look like other text.
bool unsafe_to_print(char32_t value) noexcept;

}  // namespace chathook
