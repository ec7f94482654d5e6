// How a parsed JSON text lies in memory: one flat array of nodes in text order, a container before what it
// holds, an object's members as key, value, key, value. Internal to ecma/. Plain values.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "chathook/json.hpp"

namespace chathook::ecma {

inline constexpr std::uint32_t no_node = std::numeric_limits<std::uint32_t>::max();

struct Node {
    std::uint32_t at = 0;     // where the value starts in the text
    std::uint32_t size = 0;   // its bytes in the text; while a container is open: its last child
    std::uint32_t end = 0;    // container: one past its last node; while it is open: its parent.
                              // Escaped string: where its decoded text starts in the arena
    std::uint32_t count = 0;  // container: elements or members. Escaped string: bytes of decoded text
    Json::Kind kind = Json::Kind::absent;
    bool escaped = false;  // a string whose text holds a backslash
    bool member = false;   // a member's value; the node before it is its key
    bool last = false;     // no sibling follows
};

struct Tape {
    std::vector<Node> nodes;
    std::string arena;            // the decoded texts of escaped strings, one after the other
    std::uint32_t max_depth = 0;  // containers around the innermost value, itself included: 0 for a scalar
};

}  // namespace chathook::ecma
