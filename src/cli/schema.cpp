#include "config/schema.hpp"

#include <cstdio>

#include "cli/cli.hpp"
#include "cli/configuration.hpp"

namespace chathook::cli {

void add_schema(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("schema", "Print the configuration's JSON Schema (draft 7), for editors");
    command->callback([&action] {
        action = [] {
            std::printf("%s\n", config::schema_text(known_to_this_program()).c_str());
            return static_cast<int>(ExitCode::done);
        };
    });
}

}  // namespace chathook::cli
