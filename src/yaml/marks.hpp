// Explains what is wrong with the quotation marks, braces and brackets of a text that is not YAML. Pure; any
// thread.
#pragma once

#include <optional>
#include <string_view>

#include "yaml/faults.hpp"

namespace chathook::yaml {

inline constexpr const char* address_needs_quotes =
    "an IPv6 address with a port must stand in quotes, as in \"[::1]:8080\"";

// nullopt if another fault is more likely.
std::optional<Advice> advice_on_marks(const Fault& fault, const Lines& lines);

// Whether the line contains "[::1]:80" without quotes, which YAML reads as a list.
bool has_bare_ipv6_address(std::string_view line) noexcept;

}  // namespace chathook::yaml
