#include "cli/cli.hpp"

#include <cstdio>
#include <exception>

namespace chathook::cli {

namespace {

constexpr const char* description =
    "Receives webhooks of chatbot platforms, proves who sent them, makes them durable before it answers, and "
    "delivers them at least once.";

// CLI11 has exit codes of its own; help is no error, everything else is a usage error.
int usage_exit(const CLI::App& app, const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? ExitCode::done : ExitCode::usage;
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
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return usage_exit(app, error);
    }
    try {
        return action();
    } catch (const std::exception& error) {
        complain(error.what());
        return ExitCode::io_error;
    }
}

}  // namespace chathook::cli
