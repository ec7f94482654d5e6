// The configuration's JSON Schema (draft 7), for editors and other programs. It is not written down anywhere:
// a probe is read by the code that reads configurations, and the schema is what that code asked for, with the
// options that the kinds of sink declare. Start-up only; one thread.
#pragma once

#include <string>

#include "config/load.hpp"

namespace chathook::config {

// Indented JSON. It refuses only what load() refuses, but not all of it: whether files exist, names meet and
// values fit each other is known to load() alone.
std::string schema_text(const Known& known);

}  // namespace chathook::config
