// Parses `--since` and `--until`. One thread.
#pragma once

#include <string>

namespace chathook::cli {

// Converts "90s", "30m", "2h", "7d" (before now), "2026-11-21" (midnight UTC) or RFC 3339 to RFC 3339. Throws
// Mistake.
std::string since_as_rfc3339(const std::string& text, const std::string& option = "--since");

}  // namespace chathook::cli
