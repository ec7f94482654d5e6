#include "verify/timestamp.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "support/clock.hpp"

namespace chathook::verify {
namespace {

constexpr std::size_t digits_max = 13;
constexpr std::int64_t milliseconds_from = 100'000'000'000;
constexpr std::size_t seconds_digits = 10;
constexpr std::size_t milliseconds_digits = 13;

// At least one digit and nothing else; at most eighteen are given.
std::optional<std::int64_t> digits(std::string_view text) noexcept {
    if (text.empty()) return std::nullopt;
    std::int64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + (c - '0');
    }
    return number;
}

// The element with this number: "0", or digits that do not begin with 0.
Json element(Json array, std::string_view step) noexcept {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), number);
    const bool proper =
        error == std::errc() && end == step.data() + step.size() && (step.size() == 1 || step.front() != '0');
    if (!proper || number >= array.size()) return {};
    Json found = array.first();
    while (number-- > 0) found = found.next();
    return found;
}

}  // namespace

std::optional<Instant> parse_timestamp(std::string_view text) noexcept {
    const auto number = text.size() <= digits_max ? digits(text) : std::nullopt;
    if (!number) return std::nullopt;
    if (*number >= milliseconds_from) return Instant(std::chrono::milliseconds(*number));
    return Instant(std::chrono::seconds(*number));
}

std::optional<Instant> parse_time(std::string_view text, TimeUnit unit) noexcept {
    switch (unit) {
        case TimeUnit::automatic: return parse_timestamp(text);
        case TimeUnit::iso8601: return parse_rfc3339(text);
        case TimeUnit::seconds:
        case TimeUnit::milliseconds: break;
    }
    const bool seconds = unit == TimeUnit::seconds;
    const auto number =
        text.size() == (seconds ? seconds_digits : milliseconds_digits) ? digits(text) : std::nullopt;
    if (!number) return std::nullopt;
    return seconds ? Instant(std::chrono::seconds(*number)) : Instant(std::chrono::milliseconds(*number));
}

std::optional<Instant> time_in_body(const TimeRules& rules, Json root) noexcept {
    const std::string_view text = at_path(root, rules.path).id();
    const auto time = parse_time(text, rules.unit);
    if (time || rules.unit != TimeUnit::automatic) return time;
    return parse_rfc3339(text);
}

Json at_path(Json root, std::span<const std::string_view> path) noexcept {
    for (const std::string_view step : path) {
        root = root.is_array() ? element(root, step) : root[step];
    }
    return root;
}

}  // namespace chathook::verify
