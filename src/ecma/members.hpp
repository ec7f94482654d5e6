// The order in which JavaScript lists an object's own keys (ECMA-262, OrdinaryOwnPropertyKeys). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "chathook/json.hpp"
#include "ecma/document.hpp"

namespace chathook::ecma {

// Not an array index.
inline constexpr std::uint32_t no_index = std::numeric_limits<std::uint32_t>::max();

// Up to this many keys of an object are compared pairwise, which is faster than sorting.
inline constexpr std::uint32_t compared_pairwise_max = 16;

struct Member {
    std::string_view key;  // decoded
    Json value;
};

// The array index, from 0 to 4294967294, whose canonical text is `key`; otherwise no_index.
std::uint32_t array_index(std::string_view key) noexcept;

// Appends the nodes of the values that JSON.parse would make of the object at the node `object`, in the order
// in which JavaScript lists them: array indices ascending, then the others by first appearance; of duplicates
// the last value. Temporarily uses ordering_bytes (document_size.hpp) per member.
void append_values(std::vector<std::uint32_t>& values, const JsonDocument& document, std::uint32_t object);

// Like append_values(), but with the keys.
void append_members(std::vector<Member>& members, const JsonDocument& document, const Json& object);

}  // namespace chathook::ecma
