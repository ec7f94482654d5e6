#include <algorithm>
#include <string>

#include "cli/cli.hpp"
#include "cli/command.hpp"
#include "cli/configuration.hpp"
#include "daemon/parts.hpp"
#include "daemon/service.hpp"
#include "daemon/sink_files.hpp"
#include "support/core_dumps.hpp"
#include "support/log.hpp"
#include "support/memory_policy.hpp"

namespace chathook::cli {

namespace {

void log_problems(const std::string& file, const std::vector<config::Problem>& problems) {
    for (const config::Problem& problem : problems) {
        const bool error = problem.severity == config::Problem::Severity::error;
        log(error ? LogLevel::error : LogLevel::warning, "configuration",
            {{"reason", config::to_string(file, problem)}});
    }
}

// The log is running by then, so the problems of a reload go to the log.
daemon::ReadAgain reread(const std::string& file) {
    config::Loaded loaded = load_configuration(file);
    log_problems(file, loaded.problems);
    if (loaded.config) return {std::move(loaded.config), {}};
    log(LogLevel::error, "reload_refused", {{"reason", "the configuration is not usable"}});
    std::erase_if(loaded.problems, [](const config::Problem& problem) {
        return problem.severity != config::Problem::Severity::error;
    });
    const std::size_t more = std::max<std::size_t>(loaded.problems.size(), 1) - 1;
    const std::string others = more == 0 ? "" : "; and " + std::to_string(more) + " more, see the log";
    return {{}, loaded.problems.empty() ? "" : config::to_string(file, loaded.problems.front()) + others};
}

int serve(const std::string& file) {
    set_memory_policy();
    const bool sealed = forbid_core_dumps();
    config::Loaded loaded = load_configuration(file);
    if (!loaded.config) {
        print_problems(file, loaded.problems);
        return ExitCode::bad_configuration;
    }
    daemon::go_on_with_standard_output(*loaded.config);
    start_log(daemon::log_of(*loaded.config));
    log(LogLevel::info, "starting", {{"version", CHATHOOK_VERSION}, {"config", file}});
    log_problems(file, loaded.problems);
    daemon::warn_of_standard_output(*loaded.config);
    if (!sealed) {
        log(LogLevel::warning, "core_dumps_possible",
            {{"hint", "build without sanitizers and CHATHOOK_CORE_DUMPS for anything but debugging"}});
    }
    const int code = daemon::serve(std::move(*loaded.config), [&] { return reread(file); });
    stop_log();
    return code;
}

}  // namespace

void add_serve(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("serve", "Run the daemon in the foreground");
    auto& file = options_of<std::string>(*command, action, serve);
    command->add_option("--config", file, "The configuration file")->required();
}

}  // namespace chathook::cli
