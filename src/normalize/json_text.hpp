// Writes vendors' texts as JSON strings. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chathook::normalize {

// Appends `text` as a JSON string, quotes included. `text` is WTF-8 as returned by Json::text(): a lone
// surrogate and U+0000 become U+FFFD, since jq, DuckDB or PostgreSQL fail at their escapes; other control
// characters are escaped, U+007F and above are kept. Bytes that are not WTF-8 become U+FFFD, so that the
// result is valid JSON in valid UTF-8 for any input.
void append_json_string(std::string& out, std::string_view text);

// `text` as the value of a CloudEvents attribute: control characters, lone surrogates and noncharacters,
// which CloudEvents 1.0.2 (section 3.1, String) forbids there, become U+FFFD. The result is valid UTF-8.
std::string attribute_text(std::string_view text);

}  // namespace chathook::normalize
