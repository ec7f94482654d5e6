// Parses and prints sizes, durations and dates in the notation of the configuration. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <chathook/time.hpp>

namespace chathook::yaml {

// Digits only.
std::optional<std::uint64_t> parse_count(std::string_view text) noexcept;

// "1048576", "512B", "16KiB", "1MiB", "4GiB": bytes. No fractions, no white space, no overflow.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

// "250ms", "15s", "5m", "24h", "30d"; at most 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

// "2026-12-31": the end of that day, UTC. Or an RFC 3339 date-time. nullopt for days that do not exist.
std::optional<Instant> parse_expiry(std::string_view text) noexcept;

// Whether `text` has the form that the parsers above read, but its number is negative or too large for them:
// out of any range rather than of another form.
bool is_count_out_of_range(std::string_view text) noexcept;
bool is_size_out_of_range(std::string_view text) noexcept;
bool is_duration_out_of_range(std::string_view text) noexcept;

// In the largest unit without a remainder: "1MiB", "90s". The parsers above read the result.
std::string size_text(std::uint64_t bytes);
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace chathook::yaml
