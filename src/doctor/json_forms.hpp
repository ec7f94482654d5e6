// Prints a JSON text as other programs do, for guessing what a sender signed. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ecma/document.hpp"

namespace chathook::doctor {

// The texts are literals, or outlive the call.
struct JsonStyle {
    std::string_view indent = "";  // per level; empty: all on one line
    std::string_view comma = ",";
    std::string_view colon = ":";
    bool ascii = false;           // non-ASCII characters as \uXXXX
    bool escape_slashes = false;  // \/ as PHP does
    bool escape_html = false;     // <, >, & as \u003c .. and U+2028, U+2029, as Go does
    bool sort_keys = false;
    bool javascript = false;  // JavaScript's numbers and key order; otherwise both are kept
};

// Real bodies do not nest deeper, and the printer recurses.
inline constexpr std::size_t printed_depth_max = 200;

// nullopt if the document nests too deeply. Of duplicate keys the last value is printed. Numbers that another
// language would print differently (1.50, 1e2) are kept unless `javascript`.
std::optional<std::string> print_json(const JsonDocument& document, const JsonStyle& style);

// `text`, in UTF-8, as a JSON string: JSON.stringify of a string.
std::string quote_json(std::string_view text);

}  // namespace chathook::doctor
