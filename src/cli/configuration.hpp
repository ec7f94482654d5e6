// Loads a configuration for a command, with the vendors and sinks of this program. One thread.
#pragma once

#include <filesystem>
#include <vector>

#include "config/load.hpp"

namespace chathook::cli {

// The vendors, sinks and checks that loading a configuration needs.
config::Known known_to_this_program();

// `for_another_user`: see config::Known.
config::Loaded load_configuration(const std::filesystem::path& file, bool for_another_user = false);

// Prints to stderr, one per line, in file order.
void print_problems(const std::filesystem::path& file, const std::vector<config::Problem>& problems);

}  // namespace chathook::cli
