// A JSON number as JavaScript prints it. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chathook::ecma {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// A decimal of up to this many digits is the shortest one for its double (DBL_DIG): it is printed unchanged,
// except for trailing zeros of a fraction.
inline constexpr std::size_t exact_digits_max = 15;

// Appends what JSON.stringify gives for the double nearest to `source`, which is a number of the JSON
// grammar: Number::toString (ECMA-262, 6.1.6.1.20), 0 for -0, null beyond the largest double.
void append_number(std::string& out, std::string_view source);

// Whether readers with doubles, with 64-bit integers and with decimals all accept `source`: it does not
// exceed the largest double (Go fails there, Python beyond 4,300 digits), its exponent is between -400 and
// 400 and its text has at most 400 characters (PostgreSQL's jsonb fails at about 16,000 digits after the
// point). They may round it.
bool is_portable_number(std::string_view source) noexcept;

// Appends `source` if it is portable, otherwise like append_number().
void append_portable_number(std::string& out, std::string_view source);

// Below this many characters, with an exponent of at most two digits or none, every number is portable.
inline constexpr std::size_t surely_portable_size = 200;

}  // namespace chathook::ecma
