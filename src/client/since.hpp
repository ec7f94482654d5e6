// A time as an operator writes it: `--since` and `--until`. Any thread.
#pragma once

#include <optional>
#include <string>

namespace chathook::client {

// Converts "90s", "30m", "2h", "7d" (before now), "2026-11-21" (midnight UTC) or RFC 3339 to RFC 3339.
// Nothing if it is none of these.
std::optional<std::string> since_as_rfc3339(const std::string& text);

}  // namespace chathook::client
