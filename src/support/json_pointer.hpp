// A JSON pointer (RFC 6901) as somebody wrote it: what is wrong with it, and its steps. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chathook {

inline constexpr std::size_t json_pointer_bytes_max = 256;
inline constexpr std::size_t json_pointer_steps_max = 16;

// The fault, as a sentence without its subject; empty if there is none. The pointer to the whole body, "",
// counts as one.
std::string fault_of_json_pointer(std::string_view text);

// The decoded steps of a pointer without a fault.
std::vector<std::string> json_pointer_steps(std::string_view text);

}  // namespace chathook
