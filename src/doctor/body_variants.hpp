// The bodies that a sender may have signed instead of the received one: for finding out what changed it on
// the way. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chathook::doctor {

struct BodyVariant {
    std::string_view name;  // "newline-added"; empty: the body unchanged
    std::string what;       // completes "it matches .."
    std::string_view hint;
    std::string body;
};

// A larger body is tried unchanged only.
inline constexpr std::size_t varied_bytes_max = std::size_t{16} << 20;

// The unchanged body first, then the others without duplicates, so that a text which several changes produce
// has the name of the simplest one. `content_length`: from the request's head, if present. If the vendor may
// sign the JSON.stringify form, that form comes second and is always named "stringified".
std::vector<BodyVariant> body_variants(std::string_view body, std::optional<std::size_t> content_length,
                                       bool stringified_expected = false);

}  // namespace chathook::doctor
