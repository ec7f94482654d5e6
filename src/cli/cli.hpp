// The command line: one file per command, each of which registers itself with the parser. Single-threaded
// until a command starts threads.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

#include "support/exit_codes.hpp"

namespace chathook::cli {

// The work of the chosen command, run after the whole command line was parsed.
using Action = std::function<int()>;

void add_serve(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_schema(CLI::App& app, Action& action);
void add_vendors(CLI::App& app, Action& action);
void add_learn(CLI::App& vendors, Action& action);  // below `vendors`
void add_samples(CLI::App& app, Action& action);
void add_sign(CLI::App& app, Action& action);
void add_send(CLI::App& app, Action& action);
void add_explain(CLI::App& app, Action& action);
void add_status(CLI::App& app, Action& action);
void add_tail(CLI::App& app, Action& action);
void add_events(CLI::App& app, Action& action);
void add_dead(CLI::App& app, Action& action);
void add_rejections(CLI::App& app, Action& action);
void add_erase(CLI::App& app, Action& action);
void add_verify_journal(CLI::App& app, Action& action);
void add_version(CLI::App& app, Action& action);

// Parses the command line, runs the command and returns the exit code. Catches exceptions of the command and
// reports them in one line.
int run(int argc, char** argv);

// Prints one line to stderr: `chathookd: message`.
void complain(const std::string& message);

}  // namespace chathook::cli
