// Which files belong to which part of the program, according to the configuration. Used at start-up, on
// reload and by `check`; one thread.
#pragma once

#include <vector>

#include "config/config.hpp"
#include "config/load.hpp"
#include "config/reading.hpp"
#include "support/file_claim.hpp"

namespace chathook::config {

// The files that belong to parts other than the sinks: no sink may write, rename or remove one of them.
std::vector<FileClaim> claims_beside_sinks(const Config& config);

// Reports an error for each sink whose file belongs to another part; the other sinks' own doubts about their
// files become warnings. To be called after everything else was read.
void check_files(const Place& root, const Known& known, const Config& config);

}  // namespace chathook::config
