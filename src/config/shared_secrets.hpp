// Sources that cannot tell whose requests they get: two of one vendor with the same secret. Pure but for the
// warnings; one thread.
#pragma once

#include <vector>

#include "config/config.hpp"
#include "config/reading.hpp"

namespace chathook::config {

// Warns once at the later one of such pairs, unless each of the two expects something else in the body.
// `places` are those of `sources`.
void warn_of_shared_secrets(const std::vector<Place>& places, const std::vector<Source>& sources);

}  // namespace chathook::config
