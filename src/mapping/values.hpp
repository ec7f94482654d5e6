// What the forms of a value give, where reading stands. Pure; any thread. Results point into the body, the
// mapping or the request.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include <chathook/json.hpp>
#include <chathook/time.hpp>

#include "mapping/mapping.hpp"

namespace chathook::mapping {

// As the kind takes it; empty for everything else.
std::string_view text_of(Json value, Kind kind) noexcept;

// The source text of what a part of an identity names in the body; empty if it counts as missing.
std::string_view identity_source(const IdentityPart& part, const Level& level) noexcept;

// What a form other than a pointer gives.
std::string_view read_form(const Value& value, Kind kind, const Level& level, const Signed& sent) noexcept;

inline std::string_view read_value(const Value& value, Kind kind, const Level& level,
                                   const Signed& sent) noexcept {
    const auto* const pointer = std::get_if<Pointer>(&value.form);
    return pointer != nullptr ? text_of(pointer->at(level), kind) : read_form(value, kind, level, sent);
}

// A time in any of the forms of normalize/vendor_time.hpp; what is none counts as empty.
std::optional<Instant> read_time(const Value& value, const Level& level, const Signed& sent) noexcept;

}  // namespace chathook::mapping
