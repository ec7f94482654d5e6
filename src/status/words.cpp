#include "status/words.hpp"

#include <array>
#include <cstdio>

#include "support/clock.hpp"

namespace chathook::status {

std::string moment(Instant at, Instant now) {
    constexpr std::size_t date = 10;
    constexpr std::size_t to_the_second = 19;
    std::string text = to_rfc3339(at).substr(0, to_the_second);
    text[date] = ' ';
    if (text.substr(0, date) == to_rfc3339(now).substr(0, date)) text.erase(0, date + 1);
    return text + "Z";
}

std::string span_of(std::chrono::seconds length) {
    const auto seconds = length.count();
    constexpr long long minute = 60;
    constexpr long long hour = 60 * minute;
    constexpr long long day = 24 * hour;
    const auto two = [&](long long unit, const char* name, long long part, const char* part_name) {
        std::string text = std::to_string(seconds / unit) + name;
        if (const long long rest = seconds % unit / part; rest > 0)
            text += " " + std::to_string(rest) + part_name;
        return text;
    };
    if (seconds >= day) return two(day, " d", hour, " h");
    if (seconds >= hour) return two(hour, " h", minute, " min");
    if (seconds >= minute) return std::to_string(seconds / minute) + " min";
    return std::to_string(seconds) + " s";
}

std::string size_of(std::uint64_t bytes) {
    constexpr std::array units{" KiB", " MiB", " GiB", " TiB"};
    constexpr double step = 1024;
    if (bytes < 1024) return counted(bytes, "byte");
    auto value = static_cast<double>(bytes) / step;
    std::size_t unit = 0;
    for (; value >= step && unit + 1 < units.size(); ++unit) value /= step;
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), value < 10 ? "%.1f%s" : "%.0f%s", value, units[unit]);
    std::string size = text.data();
    if (const auto zero = size.find(".0 "); zero != std::string::npos) size.erase(zero, 2);
    return size;
}

std::string counted(std::uint64_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace chathook::status
