// How the vendor's accepted text gets into the one line of an event. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <chathook/verified.hpp>

namespace chathook::normalize {

// Nesting that is still delivered as JSON. Beyond it readers of the event may overflow their stacks, so the
// body travels as base64.
inline constexpr std::size_t nesting_max = 512;

// The way in. `text` points into the Verified.
struct Original {
    bool json = false;      // `text` is spliced as JSON; false: body() as base64
    bool verbatim = false;  // `text` is body() and goes in byte for byte
    std::string_view text;
};

Original plan_original(const Verified& verified) noexcept;

// Appends JSON text with a blank in place of each CR and LF: valid JSON has them between tokens only.
void append_on_one_line(std::string& out, std::string_view json);

}  // namespace chathook::normalize
