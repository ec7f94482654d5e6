// The order in which JavaScript lists an object's own keys (ECMA-262, OrdinaryOwnPropertyKeys). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "chathook/json.hpp"

namespace chathook::ecma {

// Not an array index itself.
inline constexpr std::uint32_t no_index = std::numeric_limits<std::uint32_t>::max();

struct Member {
    std::string_view key;  // decoded
    Json value;
    std::uint64_t rank = 0;  // orders the members of one object
};

// The array index that `key` is the canonical text of, from 0 to 4294967294; else no_index.
std::uint32_t array_index(std::string_view key) noexcept;

// Appends the members that JSON.parse would make of `object`, in the order in which JavaScript lists them:
// array indices ascending, then the others by first appearance; of duplicates the last value.
void append_members(std::vector<Member>& members, const Json& object);

}  // namespace chathook::ecma
