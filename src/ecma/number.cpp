#include "ecma/number.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <string>
#include <system_error>

namespace chathook::ecma {
namespace {

// A first significant digit beyond this decimal place is printed with an exponent: 0.000001, but 1e-7.
constexpr std::size_t plain_fraction_digits_max = 6;

// Appends a number that is printed unchanged, as most are, without computing its double. False if this one
// may not be.
bool append_as_it_stands(std::string& out, std::string_view source) {
    const std::string_view digits = source.substr(source.front() == '-' ? 1 : 0);
    if (digits.size() > exact_digits_max || digits.find_first_not_of("0123456789.") != digits.npos) {
        return false;
    }
    const std::size_t first = digits.find_first_of("123456789");
    if (first == digits.npos || first > plain_fraction_digits_max + 1) return false;  // "0." comes before
    const std::size_t point = digits.find('.');
    if (point != digits.npos) {
        source.remove_suffix(digits.size() - 1 - digits.find_last_not_of('0'));
        if (source.back() == '.') source.remove_suffix(1);
    }
    out += source;
    return true;
}

// Whether a number outside the range of doubles is too large, rather than too small: judged by the position
// of its first nonzero digit and its exponent. Being off by one does not matter, as the range ends some 300
// places away on either side.
bool is_huge(std::string_view source) noexcept {
    const std::size_t e = source.find_first_of("eE");
    const std::string_view mantissa = source.substr(0, e);
    long long exponent = 0;
    if (e != source.npos) {
        std::string_view text = source.substr(e + 1);
        if (text.front() == '+') text.remove_prefix(1);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
        if (error == std::errc::result_out_of_range) return text.front() != '-';
    }
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    const std::size_t first = mantissa.find_first_of("123456789");
    assert(first != mantissa.npos);  // zero is a double
    const auto place = static_cast<long long>(point) - static_cast<long long>(first);
    return exponent > -place;
}

double nearest_double(std::string_view source) noexcept {
    double value = 0;
    const auto [end, error] = std::from_chars(source.data(), source.data() + source.size(), value);
    if (error != std::errc::result_out_of_range) return value;
    return is_huge(source) ? std::numeric_limits<double>::infinity() : 0.0;
}

// The shortest digits that read back as `value`, and the decimal point: 0.DIGITS times ten to the power of
// `point`.
struct Digits {
    std::array<char, 32> text{};
    std::size_t size = 0;
    int point = 0;

    std::string_view view() const noexcept { return {text.data(), size}; }
};

Digits shortest_digits(double value) noexcept {
    std::array<char, 40> scientific{};  // d.ddddde+ddd
    const auto [end, error] = std::to_chars(scientific.data(), scientific.data() + scientific.size(), value,
                                            std::chars_format::scientific);
    assert(error == std::errc{});
    Digits digits;
    const char* at = scientific.data();
    for (; *at != 'e'; ++at) {
        if (*at != '.') digits.text[digits.size++] = *at;
    }
    ++at;
    if (*at == '+') ++at;
    std::from_chars(at, end, digits.point);
    ++digits.point;
    return digits;
}

// The cases of Number::toString, in its order: n is the position of the point, k the number of digits.
void append_layout(std::string& out, const Digits& digits) {
    const int n = digits.point;
    const int k = static_cast<int>(digits.size);
    const std::string_view text = digits.view();
    if (k <= n && n <= 21) {
        out += text;
        out.append(static_cast<std::size_t>(n - k), '0');
    } else if (0 < n && n <= 21) {
        out += text.substr(0, static_cast<std::size_t>(n));
        out += '.';
        out += text.substr(static_cast<std::size_t>(n));
    } else if (-6 < n && n <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-n), '0');
        out += text;
    } else {
        out += text.front();
        if (k > 1) {
            out += '.';
            out += text.substr(1);
        }
        out += n > 0 ? "e+" : "e-";
        out += std::to_string(n > 0 ? n - 1 : 1 - n);
    }
}

constexpr std::size_t portable_size_max = 400;
constexpr int portable_exponent_max = 400;

}  // namespace

void append_number(std::string& out, std::string_view source) {
    if (append_as_it_stands(out, source)) return;
    const double value = nearest_double(source);
    if (std::isinf(value)) {
        out += "null";
    } else if (value == 0) {
        out += '0';
    } else {
        if (value < 0) out += '-';
        append_layout(out, shortest_digits(std::abs(value)));
    }
}

bool is_portable_number(std::string_view source) noexcept {
    if (source.size() > portable_size_max) return false;
    const std::size_t e = source.find_first_of("eE");
    if (e != source.npos) {
        std::string_view digits = source.substr(e + 1);
        if (digits.front() == '+') digits.remove_prefix(1);
        int exponent = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (error != std::errc{} || std::abs(exponent) > portable_exponent_max) return false;
    }
    return std::isfinite(nearest_double(source));
}

void append_portable_number(std::string& out, std::string_view source) {
    const bool sure = source.size() < surely_portable_size && source.find_first_of("eE") == source.npos;
    if (sure || is_portable_number(source)) {
        out += source;
    } else {
        append_number(out, source);
    }
}

}  // namespace chathook::ecma
