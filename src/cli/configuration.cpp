#include "cli/configuration.hpp"

#include <cstdio>

#include "daemon/parts.hpp"

namespace chathook::cli {

config::Known known_to_this_program() { return daemon::known(); }

config::Loaded load_configuration(const std::filesystem::path& file, bool for_another_user) {
    config::Known known = known_to_this_program();
    known.for_another_user = for_another_user;
    return config::load(file, known);
}

void print_problems(const std::filesystem::path& file, const std::vector<config::Problem>& problems) {
    for (const config::Problem& problem : problems) {
        std::fprintf(stderr, "%s\n", config::to_string(file, problem).c_str());
    }
}

}  // namespace chathook::cli
