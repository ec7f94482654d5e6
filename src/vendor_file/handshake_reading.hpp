// Reads `handshake`: what a vendor asks that is no event, and its answer. What would let a stranger make
// the daemon answer, or an event be lost, is an error, with its line and the reason (the table in
// docs/vendor-files.md). One thread.
#pragma once

#include <cstddef>
#include <vector>

#include "chathook/handshake.hpp"
#include "chathook/scheme_rules.hpp"
#include "vendor_file/texts.hpp"
#include "yaml/place.hpp"

namespace chathook::vendor_file {

inline constexpr std::size_t handshakes_max = 8;
inline constexpr std::size_t query_terms_max = 8;
inline constexpr std::size_t echoes_max = 8;
inline constexpr std::size_t absent_max = 8;

// The handshakes view `texts`; `rules` are those of the same file. They count only if no error was found.
std::vector<Handshake> read_handshakes(const yaml::Place& at, const verify::SchemeRules& rules, Texts& texts);

}  // namespace chathook::vendor_file
