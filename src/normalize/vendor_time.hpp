// The time formats that vendors use. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include <chathook/json.hpp>
#include <chathook/time.hpp>

namespace chathook::normalize {

// RFC 3339 text with any number of fractional digits, or Unix time as digits: seconds, or milliseconds from
// 1e11 up (1e11 seconds is the year 5138, 1e11 milliseconds is 1973). nullopt for anything else.
std::optional<Instant> parse_vendor_time(std::string_view text) noexcept;

// The same for a JSON string or number; nullopt when absent or of another kind.
inline std::optional<Instant> vendor_time(Json value) noexcept { return parse_vendor_time(value.id()); }

}  // namespace chathook::normalize
