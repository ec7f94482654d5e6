// Vendors' texts as JSON strings. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chathook::normalize {

// Appends `text` as a JSON string, quotes included. `text` is WTF-8 as Json::text() gives it: a lone
// surrogate becomes \udxxx, control characters are escaped, U+007F and everything above stays as it is. Bytes
// that are no WTF-8 become U+FFFD, so that the result is valid JSON in valid UTF-8 whatever comes in.
void append_json_string(std::string& out, std::string_view text);

// `text` as the value of a CloudEvents attribute: control characters, lone surrogates and noncharacters,
// which CloudEvents 1.0.2 (section 3.1, String) forbids there, become U+FFFD. The result is valid UTF-8.
std::string attribute_text(std::string_view text);

}  // namespace chathook::normalize
