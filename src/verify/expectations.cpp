#include "verify/expectations.hpp"

#include <algorithm>

#include "support/json_pointer.hpp"
#include "verify/timestamp.hpp"

namespace chathook::verify {
namespace {

// Recurses once for each "*": a pointer has json_pointer_steps_max steps.
bool says(Json value, std::span<const std::string> steps, std::string_view text) noexcept {
    for (std::size_t at = 0; at < steps.size(); ++at) {
        if (steps[at] == "*") {
            if (value.first().kind() == Json::Kind::absent || !value.is_array()) return false;
            for (Json element = value.first(); element; element = element.next()) {
                if (!says(element, steps.subspan(at + 1), text)) return false;
            }
            return true;
        }
        const std::string_view step = steps[at];
        value = at_path(value, {&step, 1});
    }
    return value.id() == text;
}

}  // namespace

Expectations::Expectations(std::span<const ExpectedText> of_vendor,
                           std::span<const VendorSettings::Expected> of_source) {
    for (const ExpectedText& one : of_vendor) {
        all_.push_back({{one.path.begin(), one.path.end()}, std::string(one.text)});
    }
    for (const auto& [pointer, text] : of_source) all_.push_back({json_pointer_steps(pointer), text});
}

bool Expectations::met_by(Json root) const noexcept {
    return std::ranges::all_of(
        all_, [&](const Expectation& one) { return !one.text.empty() && says(root, one.steps, one.text); });
}

}  // namespace chathook::verify
