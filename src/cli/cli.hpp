// The command line: one file a command, each adding itself to the parser. Single-threaded until a command
// starts more.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace chathook::cli {

// Exit codes of sysexits.h, as docs/operations.md lists them.
enum ExitCode : int {
    done = 0,
    accepted_a_forgery = 1,  // `send --forge` only: the receiver took what it should have refused
    usage = 64,
    bad_input = 65,
    unavailable = 69,
    io_error = 74,
    already_running = 75,
    bad_configuration = 78,
};

// Where a command leaves what is to be done once the whole command line was understood.
using Action = std::function<int()>;

void add_serve(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_schema(CLI::App& app, Action& action);
void add_vendors(CLI::App& app, Action& action);
void add_samples(CLI::App& app, Action& action);
void add_sign(CLI::App& app, Action& action);
void add_send(CLI::App& app, Action& action);
void add_explain(CLI::App& app, Action& action);
void add_tail(CLI::App& app, Action& action);
void add_events(CLI::App& app, Action& action);
void add_dead(CLI::App& app, Action& action);
void add_rejections(CLI::App& app, Action& action);
void add_erase(CLI::App& app, Action& action);
void add_verify_journal(CLI::App& app, Action& action);
void add_version(CLI::App& app, Action& action);

// Parses, runs, answers the exit code. Catches what a command throws and says it in one line.
int run(int argc, char** argv);

// One line to stderr: `chathookd: message`.
void complain(const std::string& message);

}  // namespace chathook::cli
