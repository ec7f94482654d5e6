// Masks personal data for a log line: enough remains to recognise one's own test, not enough to reach a
// person. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chathook {

// "visitor@example.com" -> "v***@example.com"; anything without exactly one '@' between two texts -> "***";
// empty stays empty.
std::string mask_email(std::string_view email);

// "+1 234 567 890" -> "***90": the last two digits only; fewer than six digits -> "***"; empty stays empty.
std::string mask_phone(std::string_view phone);

// `text` with invalid UTF-8 and whatever unsafe_to_print() names (control characters, line separators, marks
// of direction) replaced by '?', cut to `bytes_max` between two characters: safe in any log or terminal.
std::string printable(std::string_view text, std::size_t bytes_max);

}  // namespace chathook
