#include "normalize/vendor_time.hpp"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "support/clock.hpp"

namespace chathook::normalize {
namespace {

constexpr std::int64_t milliseconds_from = 100'000'000'000;
constexpr std::size_t digits_max = 15;  // of milliseconds in the year 9999; no overflow in microseconds

std::optional<Instant> parse_unix_time(std::string_view digits) noexcept {
    if (digits.empty() || digits.size() > digits_max) return std::nullopt;
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    std::int64_t count = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (count >= milliseconds_from) return Instant(std::chrono::milliseconds(count));
    return Instant(std::chrono::seconds(count));
}

}  // namespace

std::optional<Instant> parse_vendor_time(std::string_view text) noexcept {
    if (const auto instant = parse_unix_time(text)) return instant;
    return parse_rfc3339(text);
}

}  // namespace chathook::normalize
