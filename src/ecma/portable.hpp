// JSON that every common reader accepts. RFC 8259 allows more than they do: a lone surrogate escape stops jq
// 1.6, DuckDB, PHP and PostgreSQL's jsonb, \u0000 stops jsonb, a number beyond a double stops Go, nesting
// stops jq (256 levels) and others earlier, and a duplicate key in an object stops DuckDB's read_json_auto;
// each of them then rejects the whole file. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "ecma/document.hpp"

namespace chathook::ecma {

// What in a document makes some reader fail.
struct Obstacles {
    bool surrogate = false;      // an escape of half a surrogate pair
    bool nul = false;            // \u0000
    bool number = false;         // one that is_portable_number() rejects
    bool depth = false;          // nesting beyond the given levels
    bool duplicate_key = false;  // an object has two keys that are equal after replacement by U+FFFD

    bool any() const noexcept { return surrogate || nul || number || depth || duplicate_key; }
};

// `levels`: how deeply containers may nest; 1 allows [] and {}. Reads the tape, and the text only for keys.
// Time is n log n in the members of an object.
Obstacles find_obstacles(const JsonDocument& document, std::size_t levels);

// Appends `value`, which belongs to `document`, without white space and without obstacles: U+FFFD for each
// escape of a lone surrogate and each \u0000, null for a container that nests too deeply, the nearest double
// for a number out of range, or null if there is none; of equal keys only the last one with its value.
// Everything else keeps its spelling and its order. Never recurses.
void append_portable(std::string& out, const JsonDocument& document, const Json& value, std::size_t levels);

}  // namespace chathook::ecma
