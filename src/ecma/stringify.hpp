// JSON.stringify(JSON.parse(text)), byte for byte as V8 prints it (ECMA-262, JSON.stringify): the text that a
// vendor written in JavaScript signs. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ecma/document.hpp"

namespace chathook::ecma {

// Prints array-index keys first and ascending, the other keys in order of first appearance, the last of
// duplicate values, shortest numbers, -0 as 0, numbers beyond a double as null. Never recurses; n log n in
// the members of an object.
std::string stringify(const JsonDocument& document);

// The value of JSON.stringify(req.body) in an Express application with body-parser in its default, strict
// mode: `{}` for an empty body; nullopt where body-parser answers 400, that is, for anything but a JSON
// object or array.
std::optional<std::string> stringify_body(std::string_view raw);

// Appends `text` in quotes, as JSON.stringify prints a string. `text` is UTF-8; lone surrogates, as
// Json::text() returns them, are escaped.
void append_quoted(std::string& out, std::string_view text);

}  // namespace chathook::ecma
