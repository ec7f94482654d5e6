// The bodies that a sender may have signed instead of the one at hand: for finding out what changed it on the
// way. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chathook::verify {

struct BodyVariant {
    std::string_view name;  // "newline-added"; empty: the body as it stands
    std::string what;       // completes "it matches .."
    std::string_view mend;
    std::string body;
};

// A body beyond this is tried as it stands and in no other form.
inline constexpr std::size_t varied_bytes_max = std::size_t{16} << 20;

// The body as it stands first, then the others, none of them twice, so that a text which several changes lead
// to bears the simplest one's name. `content_length`: what the request's head said, if it did. Where the
// vendor may sign the JSON.stringify form, that one comes second and is always named so ("stringified").
std::vector<BodyVariant> body_variants(std::string_view body, std::optional<std::size_t> content_length,
                                       bool stringified_expected = false);

}  // namespace chathook::verify
