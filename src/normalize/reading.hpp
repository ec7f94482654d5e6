// Small checked reads shared by several vendors. Pure; any thread. Results point into the document.
#pragma once

#include <initializer_list>
#include <string_view>

#include <chathook/json.hpp>

namespace chathook::normalize {

// The first non-empty text among several members, for vendors whose pages use different names for one field.
inline std::string_view first_text(Json object, std::initializer_list<std::string_view> keys) noexcept {
    for (const std::string_view key : keys) {
        if (const std::string_view text = object[key].text(); !text.empty()) return text;
    }
    return {};
}

// Like first_text(), for identifiers, which may be numbers.
inline std::string_view first_id(Json object, std::initializer_list<std::string_view> keys) noexcept {
    for (const std::string_view key : keys) {
        if (const std::string_view id = object[key].id(); !id.empty()) return id;
    }
    return {};
}

// The first text, or the second if the first is empty.
inline std::string_view either(std::string_view first, std::string_view second) noexcept {
    return first.empty() ? second : first;
}

// A number's source text; empty for every other kind.
inline std::string_view number_text(Json value) noexcept {
    return value.kind() == Json::Kind::number ? value.source() : std::string_view{};
}

}  // namespace chathook::normalize
