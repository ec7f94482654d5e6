// Loads a configuration for a command, with the vendors and sinks of this program. One thread.
#pragma once

#include <filesystem>
#include <vector>

#include "config/load.hpp"

namespace chathook::cli {

// The vendors, sinks and checks that loading a configuration needs.
config::Known known_to_this_program();

// Used by `check` and at the start of `serve`: also reads the names of the sinks that the journal knows.
config::Loaded load_configuration(const std::filesystem::path& file);

// The same without the journal, for the process that has the journal open.
config::Loaded reload_configuration(const std::filesystem::path& file);

// Prints to stderr, one per line, in file order.
void print_problems(const std::filesystem::path& file, const std::vector<config::Problem>& problems);

}  // namespace chathook::cli
