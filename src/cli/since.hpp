// `--since` and `--until` as people write them. One thread.
#pragma once

#include <string>

namespace chathook::cli {

// "90s", "30m", "2h", "7d" (back from now), "2026-11-21" (midnight UTC) or RFC 3339, as RFC 3339. Throws
// Mistake.
std::string since_as_rfc3339(const std::string& text, const std::string& option = "--since");

}  // namespace chathook::cli
