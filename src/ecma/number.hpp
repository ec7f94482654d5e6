// A JSON number as JavaScript prints it. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chathook::ecma {

// Appends what JSON.stringify gives for the double nearest to `source`, which is a number of the JSON
// grammar: Number::toString (ECMA-262, 6.1.6.1.20), 0 for -0, null beyond the largest double.
void append_number(std::string& out, std::string_view source);

}  // namespace chathook::ecma
