// UTF-8 one code point at a time, for everything that prints bytes a sender chose. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace chathook {

// What stands at the beginning of a text. Not valid (RFC 3629: overlong forms, surrogates, beyond U+10FFFF,
// cut short): value 0, size 1, so that a reader goes on with the next byte.
struct CodePoint {
    char32_t value = 0;
    std::size_t size = 0;  // bytes; 0 only for an empty text
    bool valid = false;
};

CodePoint first_code_point(std::string_view text) noexcept;

// How many bytes at the beginning of a text are printable ASCII and neither a quote nor a backslash: what
// stands for itself wherever text is quoted. Eight bytes at a time.
std::size_t plain_ascii(std::string_view text) noexcept;

// C0, DEL and C1, line and paragraph separators, and the marks that turn the direction of text: whatever
// could start a line, move a cursor or show other than it says.
bool unsafe_to_print(char32_t value) noexcept;

}  // namespace chathook
