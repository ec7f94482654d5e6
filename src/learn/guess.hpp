// A first `map` for bodies of an unknown vendor, guessed from the names of their keys: somebody has to look
// it over. Pure; any thread.
#pragma once

#include <span>
#include <string>

#include <chathook/json.hpp>

namespace chathook::learn {

// The section `map` of a vendor file, its last line ended; comments say what is uncertain and name places
// that were not used. Of the values it holds the vendor's words for events alone: short, without blanks.
// Empty if a body is no object and no array of objects. All bodies of one vendor; at most guessed_bodies_max
// are looked at.
inline constexpr std::size_t guessed_bodies_max = 20;
std::string guess_map(std::span<const Json> bodies);

}  // namespace chathook::learn
