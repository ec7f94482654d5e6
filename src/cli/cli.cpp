#include "cli/cli.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "support/error_text.hpp"
#include "support/mask.hpp"
#include "yaml/findings.hpp"

namespace chathook::cli {

namespace {

constexpr std::size_t shown_word_bytes = 100;

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

// What is wrong with the word that stands where a command was expected; empty: there is none. CLI11 says only
// that a command is missing.
std::string unknown_command(const CLI::App& app) {
    const auto words = app.remaining();
    const bool lacks_one = app.get_require_subcommand_min() > 0 && !words.empty();
    if (!lacks_one || words.front().starts_with('-')) {
        for (const CLI::App* command : app.get_subcommands()) return unknown_command(*command);
        return {};
    }
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    std::string full_name = app.get_name();
    if (const CLI::App* parent = app.get_parent()) full_name = parent->get_name() + " " + full_name;
    const std::string meant = words.front() == "help" ? "" : yaml::suggestion(words.front(), names);
    return "there is no command \"" + printable(words.front(), shown_word_bytes) + "\"" + meant + "; see " +
           full_name + " --help";
}

// CLI11 has exit codes of its own; help is not an error, everything else is a usage error.
int usage_exit(const CLI::App& app, const CLI::ParseError& error) {
    if (const std::string wrong = unknown_command(app); !wrong.empty()) {
        complain(wrong);
        return ExitCode::usage;
    }
    const int code = app.exit(error);
    return code == 0 ? ExitCode::done : ExitCode::usage;
}

// The reader of a pipe or a socket on standard output has closed it.
bool has_reader_left() noexcept {
    struct pollfd output {
        STDOUT_FILENO, POLLOUT, 0
    };
    return ::poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

// The output of a command is part of its work, so a write error changes the exit code. A reader that left
// early (`| head`) gets no message, but the exit code still shows it.
int printed(int code) {
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    // An earlier write failed where errno is 0; its cause is gone.
    const std::string cause = errno == 0 ? "the disk may be full" : error_text(errno);
    if (!has_reader_left()) complain("cannot write to standard output: " + cause);
    return code == ExitCode::done ? static_cast<int>(ExitCode::io_error) : code;
}

}  // namespace

void complain(const std::string& message) { std::fprintf(stderr, "chathookd: %s\n", message.c_str()); }

int run(int argc, char** argv) {
    CLI::App app(description, "chathookd");
    app.require_subcommand(1);
    app.set_version_flag("--version", "chathookd " CHATHOOK_VERSION, "Print the version, and nothing else");
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
    add_status(app, action);
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
