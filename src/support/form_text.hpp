// Text in the form application/x-www-form-urlencoded, of a body or a request's query: strictly read. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chathook {

inline constexpr std::size_t form_fields_max = 1000;

using FormFields = std::vector<std::pair<std::string, std::string>>;

// Every name and its value, decoded, in the order in which they stand; '+' is a blank. nullopt if an escape
// is incomplete, or if there are more than form_fields_max fields.
std::optional<FormFields> read_form(std::string_view text);

// The value of the one field of that name; null if there is none, or more than one.
const std::string* single_field(const FormFields& fields, std::string_view name) noexcept;

}  // namespace chathook
