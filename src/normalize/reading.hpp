// Small checked reads that several vendors need. Pure; any thread. Results point into the document.
#pragma once

#include <initializer_list>
#include <string_view>

#include <chathook/json.hpp>

namespace chathook::normalize {

// The first non-empty text among members of several names, for vendors whose pages name one thing
// differently.
inline std::string_view first_text(Json object, std::initializer_list<std::string_view> keys) noexcept {
    for (const std::string_view key : keys) {
        if (const std::string_view text = object[key].text(); !text.empty()) return text;
    }
    return {};
}

// The same for identifiers, which may be numbers.
inline std::string_view first_id(Json object, std::initializer_list<std::string_view> keys) noexcept {
    for (const std::string_view key : keys) {
        if (const std::string_view id = object[key].id(); !id.empty()) return id;
    }
    return {};
}

// The first of two texts unless it is empty.
inline std::string_view either(std::string_view first, std::string_view second) noexcept {
    return first.empty() ? second : first;
}

// A number's source text; empty for every other kind.
inline std::string_view number_text(Json value) noexcept {
    return value.kind() == Json::Kind::number ? value.source() : std::string_view{};
}

}  // namespace chathook::normalize
