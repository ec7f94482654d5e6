// The signed time of a header such as "t=1492774577,v1=..". Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "chathook/time.hpp"

namespace chathook::verify {

// Accepts one to thirteen digits only: seconds since 1970, or milliseconds from 100000000000 up (which, as
// seconds, would be the year 5138). Newoaks' page does not say which it sends.
std::optional<Instant> parse_timestamp(std::string_view text) noexcept;

}  // namespace chathook::verify
