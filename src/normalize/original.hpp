// How the vendor's accepted text is embedded in the line of an event, so that every common reader accepts the
// line and the text can be rebuilt from it. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <chathook/verified.hpp>

#include "ecma/portable.hpp"

namespace chathook::normalize {

// The deepest nesting of a vendor's JSON that an event keeps. With the containers around it a line has at
// most 60 levels and an answer of the API 63: .NET reads 64, Ruby 100, jq 1.6 255.
inline constexpr std::size_t nesting_max = 55;

// The plan for embedding a body. `text` points into the Verified.
struct Original {
    bool json = false;  // `text` is spliced as JSON; false: body() as base64 alone
    std::string_view text;

    // What in body() cannot be in the line; if any is set, the line also contains body() as base64.
    bool line_breaks = false;      // between its tokens; a space replaces each
    bool byte_order_mark = false;  // left out
    bool invalid_utf8 = false;     // each invalid part is U+FFFD
    ecma::Obstacles obstacles;     // replaced as append_portable() says

    // `text` is body() and is embedded byte for byte.
    bool verbatim() const noexcept {
        return json && !line_breaks && !byte_order_mark && !invalid_utf8 && !obstacles.any();
    }
};

Original plan_original(const Verified& verified);

// Appends the JSON of `value`, a part of `document`, as `original` plans it for the whole.
void append_planned(std::string& out, const Original& original, const JsonDocument& document,
                    const Json& value);

// Appends the kinds of changes as a JSON array of the words in docs/event-model.md: ["surrogate","depth"].
void append_changes(std::string& out, const Original& original);

// The reverse: the accepted bytes from an event's line. nullopt if `line` is not an event.
std::optional<std::string> accepted_bytes(std::string_view line);

}  // namespace chathook::normalize
