#include "yaml/unit_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>

#include "support/clock.hpp"

namespace chathook::yaml {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

// Smallest first.
constexpr std::array<Unit, 4> size_units{
    {{"B", 1}, {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}}};
constexpr std::array<Unit, 5> duration_units{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

constexpr std::uint64_t duration_max = 100ull * 366 * 86'400'000;

// Parses digits followed by one of `units`.
std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) noexcept {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_count(text.substr(0, digits));
    if (!number) return std::nullopt;
    for (const Unit& unit : units) {
        if (text.substr(digits) != unit.name) continue;
        if (*number > std::numeric_limits<std::uint64_t>::max() / unit.factor) return std::nullopt;
        return *number * unit.factor;
    }
    return std::nullopt;
}

// Whether `text` is a number, which may be negative, and one of `units`.
bool has_form(std::string_view text, std::span<const Unit> units) noexcept {
    if (text.starts_with('-')) text.remove_prefix(1);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    return digits > 0 &&
           std::ranges::any_of(units, [&](const Unit& unit) { return text.substr(digits) == unit.name; });
}

constexpr std::array<Unit, 1> no_unit{{{"", 1}}};

std::string with_unit(std::uint64_t value, std::span<const Unit> units) {
    const Unit* best = &units.front();
    for (const Unit& unit : units) {
        if (value != 0 && value % unit.factor == 0) best = &unit;
    }
    return std::to_string(value / best->factor) + std::string(best->name);
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) noexcept {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
    if (const auto bytes = parse_count(text)) return bytes;
    return parse_with_unit(text, size_units);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept {
    const auto value = parse_with_unit(text, duration_units);
    if (!value || *value > duration_max) return std::nullopt;
    return std::chrono::milliseconds(*value);
}

std::optional<Instant> parse_expiry(std::string_view text) noexcept {
    if (text.size() != std::string_view("2026-12-31").size()) return parse_rfc3339(text);
    std::array<char, 20> midnight{};
    text.copy(midnight.data(), text.size());
    std::string_view("T00:00:00Z").copy(midnight.data() + text.size(), 10);
    const auto begin = parse_rfc3339({midnight.data(), midnight.size()});
    if (!begin) return std::nullopt;
    return *begin + std::chrono::days(1);
}

bool is_count_out_of_range(std::string_view text) noexcept {
    return !parse_count(text) && has_form(text, no_unit);
}

bool is_size_out_of_range(std::string_view text) noexcept {
    return !parse_size(text) && (has_form(text, no_unit) || has_form(text, size_units));
}

bool is_duration_out_of_range(std::string_view text) noexcept {
    return !parse_duration(text) && has_form(text, duration_units);
}

std::string size_text(std::uint64_t bytes) { return with_unit(bytes, size_units); }

std::string duration_text(std::chrono::milliseconds duration) {
    return with_unit(static_cast<std::uint64_t>(duration.count()), duration_units);
}

}  // namespace chathook::yaml
