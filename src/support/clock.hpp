// Conversion of times to and from text, and the clocks. Pure except for the clocks; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <chathook/time.hpp>

namespace chathook {

Instant now() noexcept;

// The system clock and the steady clock as of the last kernel tick, up to ten milliseconds ago, at a fifth of
// the cost: for uses where seconds matter.
Instant about_now() noexcept;
std::chrono::steady_clock::time_point about_steady_now() noexcept;

// RFC 3339 in UTC with microseconds: "2026-11-21T20:00:00.123456Z".
std::string to_rfc3339(Instant instant);

// Appends the same 27 characters to `out`, for the hot path.
void append_rfc3339(std::string& out, Instant instant);

// RFC 3339 date-time, any number of fractional digits (beyond microseconds cut off), 'Z' or a numeric offset,
// 'T' or a space between date and time. nullopt for anything else, including days that do not exist.
std::optional<Instant> parse_rfc3339(std::string_view text) noexcept;

}  // namespace chathook
