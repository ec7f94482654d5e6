// The values in a body that are no objects and no arrays, with their places. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/json.hpp>

namespace chathook::learn {

struct Leaf {
    std::string pointer;     // RFC 6901
    std::string_view key;    // the last key; of an element that of the array
    std::string_view owner;  // the key of the object around it; empty at the top
    Json value;              // a text, number, boolean or null
};

// In the order of the body: of an array its first element only; at most leaves_max, and no more than
// leaf_depth_max keys deep. Of a key that is there twice the last value counts. Keys that seem to be data,
// long ones and those with other characters than names have, are passed over, and so is what follows 2,000
// members.
inline constexpr std::size_t leaves_max = 400;
inline constexpr std::size_t leaf_depth_max = 8;
std::vector<Leaf> leaves_of(Json root);

// Arrays of objects, in the same order: `value` is the array.
std::vector<Leaf> object_arrays_of(Json root);

}  // namespace chathook::learn
