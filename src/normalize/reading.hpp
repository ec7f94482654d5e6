// Small checked reads that mapping and writing share. Pure; any thread. Results point into the document.
#pragma once

#include <string_view>

#include <chathook/json.hpp>

namespace chathook::normalize {

// Whether a vendor says nothing there: absent, null, or an empty text, list or object.
inline bool is_empty(Json value) noexcept {
    switch (value.kind()) {
        case Json::Kind::absent:
        case Json::Kind::null: return true;
        case Json::Kind::string: return value.text().empty();
        case Json::Kind::array:
        case Json::Kind::object: return value.size() == 0;
        case Json::Kind::boolean:
        case Json::Kind::number: return false;
    }
    return true;
}

// A number's source text; empty for every other kind.
inline std::string_view number_text(Json value) noexcept {
    return value.kind() == Json::Kind::number ? value.source() : std::string_view{};
}

}  // namespace chathook::normalize
