#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/configuration.hpp"

namespace chathook::cli {

namespace {

struct CheckOptions {
    std::string file;
    bool as_json = false;
};

void print_json(const CheckOptions& options, const config::Loaded& loaded) {
    auto problems = nlohmann::ordered_json::array();
    for (const config::Problem& problem : loaded.problems) {
        const bool error = problem.severity == config::Problem::Severity::error;
        const std::string file = problem.file.empty() ? options.file : problem.file.string();
        problems.push_back({{"severity", error ? "error" : "warning"},
                            {"file", file},
                            {"line", problem.line},
                            {"key", problem.key},
                            {"message", problem.message}});
    }
    const nlohmann::ordered_json answer = {
        {"file", options.file}, {"valid", loaded.config.has_value()}, {"problems", problems}};
    std::printf("%s\n", answer.dump().c_str());
}

int check(const CheckOptions& options) {
    const config::Loaded loaded = load_configuration(options.file, true);
    if (options.as_json) {
        print_json(options, loaded);
    } else {
        print_problems(options.file, loaded.problems);
        if (loaded.config) std::printf("%s: valid\n", options.file.c_str());
    }
    return loaded.config ? ExitCode::done : ExitCode::bad_configuration;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("check", "Validate everything that serve would: every error at once");
    auto& options = options_of<CheckOptions>(*command, action, check);
    command->add_option("--config", options.file, "The configuration file")->required();
    command->add_flag("--json", options.as_json, "One JSON object");
}

}  // namespace chathook::cli
