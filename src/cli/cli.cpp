#include "cli/cli.hpp"
#include "support/error_text.hpp"

#include <cerrno>
#include <cstdio>
#include <exception>

namespace chathook::cli {

namespace {

constexpr const char* description =
    "Receives webhooks of chatbot platforms, proves who sent them, makes them durable before it answers, and "
    "delivers them at least once.";

// `--sink "$SINK"` with an unset variable must not mean all sinks.
void refuse_empty_values(CLI::App& app) {
    for (CLI::Option* option : app.get_options()) {
        option->check([](const std::string& value) {
            return std::string(value.empty() ? "the value is empty; give one, or leave the option out" : "");
        });
    }
    for (CLI::App* command : app.get_subcommands({})) refuse_empty_values(*command);
}

// CLI11 has exit codes of its own; help is not an error, everything else is a usage error.
int usage_exit(const CLI::App& app, const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? ExitCode::done : ExitCode::usage;
}

// The output of a command is part of its work, so a write error changes the exit code. A reader that left
// early (`| head`) gets no message, but the exit code still shows it.
int printed(int code) {
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    const int error = errno;
    if (error != 0 && error != EPIPE) {
        complain("cannot write to standard output: " + error_text(error));
    }
    return code == ExitCode::done ? static_cast<int>(ExitCode::io_error) : code;
}

}  // namespace

void complain(const std::string& message) { std::fprintf(stderr, "chathookd: %s\n", message.c_str()); }

int run(int argc, char** argv) {
    CLI::App app(description, "chathookd");
    app.require_subcommand(1);
    app.footer("Every command has --help. The manual is in docs/ and begins with README.md.");
    Action action;
    add_serve(app, action);
    add_check(app, action);
    add_schema(app, action);
    add_vendors(app, action);
    add_samples(app, action);
    add_sign(app, action);
    add_send(app, action);
    add_explain(app, action);
    add_tail(app, action);
    add_events(app, action);
    add_dead(app, action);
    add_rejections(app, action);
    add_erase(app, action);
    add_verify_journal(app, action);
    add_version(app, action);
    refuse_empty_values(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return usage_exit(app, error);
    }
    try {
        return printed(action());
    } catch (const std::exception& error) {
        complain(error.what());
        return ExitCode::software_error;
    }
}

}  // namespace chathook::cli
