// Secrets that probably differ from the vendor's, because something was copied, saved or written along with
// them. Every byte of a secret counts, so all signatures would be refused without an explanation. Pure; any
// thread.
#pragma once

#include <string_view>
#include <vector>

namespace chathook::config {

// Each doubt with the fix, as a sentence without its subject ("begins with a byte order mark ..."). Literals,
// which contain nothing of the secret. A secret may contain all of this on purpose, so these are only
// warnings.
std::vector<std::string_view> doubts_about_secret(std::string_view secret);

// The same for a header's value, which may have the form NAME=value and is trimmed by its receiver.
std::vector<std::string_view> doubts_about_header(std::string_view value);

}  // namespace chathook::config
