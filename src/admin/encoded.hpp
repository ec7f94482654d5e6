// Decodes text that others embedded in other text: in a link (ann%40example.org), in HTML
// (ann&#64;example.org), or in a JSON text inside another as a string (ann\u0040example.org). Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chathook::admin {

// How deeply encodings may be nested: ann%252540example.org is three.
inline constexpr unsigned encodings_max = 3;

// `text` with one layer of these forms decoded: %XX, &#64; &#x40; and the named references for characters in
// and around addresses, \u0040 with all backslashes before it. nullopt if it contains none of them. The
// result has the characters as UTF-8, tabs and line breaks as blanks; invalid characters and other control
// characters of one byte stay encoded. Linear in the text.
std::optional<std::string> decoded_once(std::string_view text);

}  // namespace chathook::admin
