// A signed time, as senders write it. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "chathook/json.hpp"
#include "chathook/scheme_rules.hpp"
#include "chathook/time.hpp"

namespace chathook::verify {

// Accepts one to thirteen digits only: seconds since 1970, or milliseconds from 100000000000 up (which, as
// seconds, would be the year 5138). Newoaks' page does not say which it sends.
std::optional<Instant> parse_timestamp(std::string_view text) noexcept;

// A time in a header. The units other than `automatic` have one length or an end of their own, so that where
// a body follows the time without a separator, no other time and body make the same text.
std::optional<Instant> parse_time(std::string_view text, TimeUnit unit) noexcept;

// A time in a body: a text or a number. `automatic` takes RFC 3339 text as well. nullopt if it is absent or
// of another kind.
std::optional<Instant> time_in_body(const TimeRules& rules, Json root) noexcept;

// What the steps lead to: the members of objects, and the elements of arrays by their number (RFC 6901).
Json at_path(Json root, std::span<const std::string_view> path) noexcept;

}  // namespace chathook::verify
