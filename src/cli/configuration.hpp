// Loading a configuration for a command, with the vendors and sinks this program knows. One thread.
#pragma once

#include <filesystem>
#include <vector>

#include "config/load.hpp"

namespace chathook::cli {

// What the configuration may name.
config::Known known_to_this_program();

config::Loaded load_configuration(const std::filesystem::path& file);

// To stderr, one a line, in file order.
void print_problems(const std::filesystem::path& file, const std::vector<config::Problem>& problems);

}  // namespace chathook::cli
