// Reads `map` and `identity` of a vendor file, or of a source, into a mapping. One thread.
#pragma once

#include "mapping/mapping.hpp"
#include "mapping_file/value_reading.hpp"
#include "yaml/place.hpp"

namespace chathook::mapping_file {

inline constexpr std::size_t events_max = 256;  // of a mapping
inline constexpr std::size_t blocks_max = 64;
inline constexpr std::size_t used_max = 16;  // blocks of an event

// Both places may be absent: without `map` every event is unrecognized, without `identity` the whole body is
// the identity. Everything wrong is an error in the findings of `map`; the result counts only if there is
// none.
mapping::Mapping read_mapping(const yaml::Place& map, const yaml::Place& identity, const SignedParts& parts);

}  // namespace chathook::mapping_file
