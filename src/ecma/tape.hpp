// The memory layout of a parsed JSON text: one flat array of nodes in text order, a container before its
// contents, an object's members as key, value, key, value. Internal to ecma/. Plain values.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "chathook/json.hpp"

namespace chathook::ecma {

inline constexpr std::uint32_t no_node = std::numeric_limits<std::uint32_t>::max();

// A document of numbers consists mostly of nodes, eight for each sixteen bytes of text, so nodes are packed:
// offsets into the text have 29 bits.
inline constexpr std::uint32_t text_bytes_max = (std::uint32_t{1} << 29) - 1;

struct Node {
    std::uint32_t at : 29 = 0;  // where the value starts in the text
    Json::Kind kind : 3 = Json::Kind::absent;
    std::uint32_t size : 29 = 0;  // its bytes in the text; while a container is open: its last child
    bool escaped : 1 = false;     // a string whose text contains a backslash
    bool member : 1 = false;      // a member's value; the node before it is its key
    bool last : 1 = false;        // no sibling follows
    std::uint32_t end = 0;        // container: one past its last node; while it is open: its parent.
                                  // Escaped string: where its decoded text starts in the arena
    std::uint32_t count = 0;      // container: elements or members. Escaped string: bytes of decoded text
};
static_assert(sizeof(Node) == 16);

constexpr bool is_container(const Node& node) noexcept {
    return node.kind == Json::Kind::array || node.kind == Json::Kind::object;
}

struct Tape {
    std::vector<Node> nodes;
    std::string arena;            // the decoded texts of escaped strings, one after the other
    std::uint32_t max_depth = 0;  // containers around the innermost value, itself included: 0 for a scalar

    // What makes some readers fail (ecma/portable.hpp).
    bool lone_surrogates = false;
    bool nul_escapes = false;
    bool far_numbers = false;  // at least one that is_portable_number() rejects
};

}  // namespace chathook::ecma
