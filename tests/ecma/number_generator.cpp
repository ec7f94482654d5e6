#include "ecma/number_generator.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace chathook::test {
namespace {

constexpr std::uint64_t infinity_bits = 0x7FF0'0000'0000'0000;
constexpr std::uint64_t mantissa_mask = 0x000F'FFFF'FFFF'FFFF;

double read(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

double NumberGenerator::number() {
    const std::uint64_t bits = std::min(magnitude(), infinity_bits - 1);
    return std::bit_cast<double>(bits | (random_() << 63));
}

// The bits of a double without its sign. Neighbouring doubles have neighbouring bits.
std::uint64_t NumberGenerator::magnitude() {
    const std::uint64_t exponent = turn_++ / 8 % 2047 << 52;  // each of them in turn
    const auto beside = [this](double value, std::uint64_t steps) {
        return std::bit_cast<std::uint64_t>(value) + below(2 * steps + 1) - steps;
    };
    switch (turn_ % 8) {
        case 0: return random_() % infinity_bits;
        case 1: return exponent | (random_() & mantissa_mask);
        case 2: return exponent | (random_() & random_() & random_() & random_() & mantissa_mask);
        case 3: return exponent | ((random_() | random_() | random_() | random_()) & mantissa_mask);
        case 4: return random_() >> (12 + below(52));  // subnormal
        case 5: return beside(one_in(2) ? 9007199254740992.0 : 1e21, 5000);
        case 6: return beside(read("1e" + std::to_string(static_cast<int>(below(631)) - 322)), 40);
        default: {  // typical numbers: few digits, sometimes off by one step
            const double written = static_cast<double>(below(1'000'000'000) >> below(30));
            return beside(written / std::pow(10.0, static_cast<double>(below(12))), one_in(4) ? 2 : 0);
        }
    }
}

std::string NumberGenerator::decimal() {
    std::string text = one_in(4) ? "-" : "";
    switch (turn_++ % 8) {
        case 0: return text + beside_halfway();
        case 1: return text + many_digits();
        case 2: {  // all digits of a double and one that was changed
            std::string shown = with_17_digits(std::abs(number()));
            shown[2 + below(16)] = static_cast<char>('0' + below(10));
            return text + shown;
        }
        default: return text + written();
    }
}

void NumberGenerator::digits(std::string& out, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) out += static_cast<char>('0' + below(10));
}

// Up to 40 digits with the point anywhere among them, with or without an exponent.
std::string NumberGenerator::written() {
    const std::size_t count = 1 + below(40);
    const std::size_t before_point = below(count + 1);
    std::string text = "0";
    if (before_point > 0) {
        text = static_cast<char>('1' + below(9));
        digits(text, before_point - 1);
    }
    if (before_point < count) {
        text += '.';
        digits(text, count - before_point);
    }
    if (one_in(3)) return text;
    text += one_in(2) ? 'e' : 'E';
    return text + std::to_string(static_cast<int>(below(800)) - 400);
}

std::string NumberGenerator::many_digits() {
    std::string text = "1";
    if (one_in(2)) {
        digits(text, below(400));
        return text;
    }
    text = "0.";
    text.append(below(340), '0');
    digits(text, 1 + below(60));
    return text;
}

// The exact decimal between two neighbouring doubles, just above it, just below it, or cut off. A long double
// of x86 represents the midpoint exactly; elsewhere this is just another number.
std::string NumberGenerator::beside_halfway() {
    const double low = std::abs(number());
    if (low > 1e308) return many_digits();
    const long double middle = (static_cast<long double>(low) + std::nextafter(low, INFINITY)) / 2;
    std::array<char, 820> buffer{};
    const int size = std::snprintf(buffer.data(), buffer.size(), "%.800Le", middle);
    std::string text(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t e = text.find('e');
    const std::string exponent = text.substr(e);
    text.resize(text.find_last_not_of("0.", e - 1) + 1);
    switch (below(4)) {
        case 0: break;
        case 1: {
            const std::size_t zeros = below(5);
            if (text.size() == 1) text += '.';
            text.append(zeros, '0') += '1';
            break;
        }
        case 2: --text.back(); break;
        default:
            if (text.size() > 17) text.resize(17 + below(std::min<std::size_t>(text.size() - 16, 26)));
    }
    return text + exponent;
}

std::string with_17_digits(double number) {
    std::array<char, 40> text{};
    const auto [end, error] =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific, 16);
    return {text.data(), end};
}

}  // namespace chathook::test
