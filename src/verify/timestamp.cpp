#include "verify/timestamp.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace chathook::verify {
namespace {

constexpr std::size_t digits_max = 13;
constexpr std::int64_t milliseconds_from = 100'000'000'000;

}  // namespace

std::optional<Instant> parse_timestamp(std::string_view text) noexcept {
    if (text.empty() || text.size() > digits_max) return std::nullopt;
    std::int64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + (c - '0');
    }
    if (number >= milliseconds_from) return Instant(std::chrono::milliseconds(number));
    return Instant(std::chrono::seconds(number));
}

}  // namespace chathook::verify
