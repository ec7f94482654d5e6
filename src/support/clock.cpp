#include "support/clock.hpp"
#include "support/ascii.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace chathook {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

// Four digits can only represent the years in this range.
constexpr Instant earliest = sys_days{std::chrono::year{0} / 1 / 1};
constexpr Instant latest = sys_days{std::chrono::year{10000} / 1 / 1} - microseconds{1};

constexpr std::size_t micro_digits = 6;

// Below 100.
void put_pair(char* at, std::uint32_t value) noexcept {
    at[0] = static_cast<char>('0' + value / 10);
    at[1] = static_cast<char>('0' + value % 10);
}

// Reads a text from left to right; the first thing that does not fit makes it fail for good.
class Reader {
public:
    explicit Reader(std::string_view text) noexcept : rest_(text) {}

    bool failed() const noexcept { return failed_; }
    bool at_end() const noexcept { return rest_.empty(); }
    char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }

    // Exactly `count` digits.
    int number(std::size_t count) noexcept {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (!is_digit(peek())) return fail();
            value = value * 10 + (take() - '0');
        }
        return value;
    }

    void one_of(std::string_view characters) noexcept {
        if (at_end() || characters.find(peek()) == std::string_view::npos) {
            fail();
        } else {
            take();
        }
    }

    // At least one digit; those beyond microseconds are read and dropped.
    microseconds fraction() noexcept {
        if (!is_digit(peek())) fail();
        std::int64_t value = 0;
        std::size_t seen = 0;
        for (; is_digit(peek()); ++seen) {
            const int digit = take() - '0';
            if (seen < micro_digits) value = value * 10 + digit;
        }
        for (; seen < micro_digits; ++seen) value *= 10;
        return microseconds{value};
    }

    int fail() noexcept {
        failed_ = true;
        return 0;
    }

private:
    char take() noexcept {
        const char first = rest_.front();
        rest_.remove_prefix(1);
        return first;
    }

    std::string_view rest_;
    bool failed_ = false;
};

sys_days read_date(Reader& reader) noexcept {
    const std::chrono::year year{reader.number(4)};
    reader.one_of("-");
    const std::chrono::month month{static_cast<unsigned>(reader.number(2))};
    reader.one_of("-");
    const std::chrono::day day{static_cast<unsigned>(reader.number(2))};
    const year_month_day date{year, month, day};
    if (!date.ok()) reader.fail();
    return reader.failed() ? sys_days{} : sys_days{date};
}

minutes read_offset(Reader& reader) noexcept {
    if (reader.peek() == 'Z' || reader.peek() == 'z') {
        reader.one_of("Zz");
        return minutes{0};
    }
    const bool west = reader.peek() == '-';
    reader.one_of("+-");
    const int hour = reader.number(2);
    reader.one_of(":");
    const int minute = reader.number(2);
    if (hour > 23 || minute > 59) reader.fail();
    const minutes east = hours{hour} + minutes{minute};
    return west ? -east : east;
}

}  // namespace

Instant now() noexcept {
    return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now());
}

Instant about_now() noexcept {
    ::timespec time{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &time);
    return Instant{seconds{time.tv_sec} + microseconds{time.tv_nsec / 1000}};
}

std::chrono::steady_clock::time_point about_steady_now() noexcept {
    ::timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);  // what libstdc++'s steady_clock counts in, too
    return std::chrono::steady_clock::time_point{seconds{time.tv_sec} +
                                                 std::chrono::nanoseconds{time.tv_nsec}};
}

void append_rfc3339(std::string& out, Instant instant) {
    instant = std::clamp(instant, earliest, latest);
    const auto day = std::chrono::floor<days>(instant);
    const year_month_day date{day};
    const auto in_day = static_cast<std::uint64_t>((instant - day).count());
    const auto second = static_cast<std::uint32_t>(in_day / 1'000'000);

    std::array<char, 27> text{"0000-00-00T00:00:00.000000"};
    text.back() = 'Z';
    const auto year = static_cast<std::uint32_t>(static_cast<int>(date.year()));
    put_pair(text.data(), year / 100);
    put_pair(text.data() + 2, year % 100);
    put_pair(text.data() + 5, static_cast<unsigned>(date.month()));
    put_pair(text.data() + 8, static_cast<unsigned>(date.day()));
    put_pair(text.data() + 11, second / 3600);
    put_pair(text.data() + 14, second / 60 % 60);
    put_pair(text.data() + 17, second % 60);
    const auto micro = static_cast<std::uint32_t>(in_day % 1'000'000);
    put_pair(text.data() + 20, micro / 10'000);
    put_pair(text.data() + 22, micro / 100 % 100);
    put_pair(text.data() + 24, micro % 100);
    out.append(text.data(), text.size());
}

std::string to_rfc3339(Instant instant) {
    std::string text;
    append_rfc3339(text, instant);
    return text;
}

std::optional<Instant> parse_rfc3339(std::string_view text) noexcept {
    Reader reader(text);
    const sys_days date = read_date(reader);
    reader.one_of("Tt ");
    const int hour = reader.number(2);
    reader.one_of(":");
    const int minute = reader.number(2);
    reader.one_of(":");
    const int second = reader.number(2);
    microseconds fraction{0};
    if (reader.peek() == '.') {
        reader.one_of(".");
        fraction = reader.fraction();
    }
    const minutes offset = read_offset(reader);
    if (reader.failed() || !reader.at_end()) return std::nullopt;
    if (hour > 23 || minute > 59 || second > 60) return std::nullopt;

    const auto whole_minute = date + hours{hour} + minutes{minute} - offset;
    if (second == 60) {
        // A leap second ends a UTC day and nothing else (RFC 3339, section 5.7); POSIX time has no room for
        // it.
        const auto next = whole_minute + minutes{1};
        if (next != std::chrono::floor<days>(next)) return std::nullopt;
    }
    return whole_minute + seconds{second} + fraction;
}

}  // namespace chathook
