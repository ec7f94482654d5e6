// What the reading code asks for, found by letting it read a file that contains every optional part: the
// schema and the tables of the reference are made from the answers. One thread.
#pragma once

#include "config/load.hpp"
#include "config/reading.hpp"

namespace chathook::config {

// The probe has the sources `one` (with secret) and `many` (with secrets), and sinks named after their kinds.
Findings answers_to_probe(const Known& known);

}  // namespace chathook::config
