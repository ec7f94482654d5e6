// The configuration's JSON Schema (draft 7), for editors and other programs. It is generated: the code that
// reads configurations reads a probe, and the schema is what that code asked for, with the options that the
// kinds of sink declare. Start-up only; one thread.
#pragma once

#include <string>

#include "config/load.hpp"

namespace chathook::config {

// Indented JSON. The schema rejects only what load() rejects, but less: only load() checks whether files
// exist, names refer to something and values fit together.
std::string schema_text(const Known& known);

}  // namespace chathook::config
