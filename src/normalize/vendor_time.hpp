// The forms in which vendors write points in time. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include <chathook/json.hpp>
#include <chathook/time.hpp>

namespace chathook::normalize {

// RFC 3339 text with any number of fractional digits, or Unix time as digits. Digits count seconds, from 1e11
// up milliseconds: 1e11 seconds is the year 5138, 1e11 milliseconds is 1973. Nothing for anything else.
std::optional<Instant> parse_vendor_time(std::string_view text) noexcept;

// The same of a JSON string or number; nothing when absent or of another kind.
inline std::optional<Instant> vendor_time(Json value) noexcept { return parse_vendor_time(value.id()); }

}  // namespace chathook::normalize
