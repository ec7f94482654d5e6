// Frees the memory of a string. Any thread that may change the string.
#pragma once

#include <string>

namespace chathook {

// Swaps, because a libstdc++ string keeps its memory when a short one is assigned: `text = std::string()`
// frees nothing.
inline void free_memory(std::string& text) noexcept { std::string().swap(text); }

}  // namespace chathook
