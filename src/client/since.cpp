#include "client/since.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

#include "support/clock.hpp"

namespace chathook::client {

namespace {

std::optional<std::chrono::seconds> unit_of(std::string_view unit) {
    if (unit == "s") return std::chrono::seconds(1);
    if (unit == "m") return std::chrono::minutes(1);
    if (unit == "h") return std::chrono::hours(1);
    if (unit == "d") return std::chrono::days(1);
    return std::nullopt;
}

std::optional<std::chrono::seconds> parse_age(const std::string& text) {
    std::uint32_t count = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc()) return std::nullopt;
    const auto unit = unit_of({rest, end});
    if (!unit) return std::nullopt;
    return *unit * static_cast<std::int64_t>(count);
}

}  // namespace

std::optional<std::string> since_as_rfc3339(const std::string& text) {
    if (const auto age = parse_age(text)) return to_rfc3339(now() - *age);
    constexpr std::size_t date_characters = 10;
    const std::string full = text.size() == date_characters ? text + "T00:00:00Z" : text;
    if (const auto instant = parse_rfc3339(full)) return to_rfc3339(*instant);
    return std::nullopt;
}

}  // namespace chathook::client
