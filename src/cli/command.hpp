// Gives a command of the command line its options and its work. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <utility>

#include "cli/cli.hpp"
#include "cli/mistake.hpp"

namespace chathook::cli {

// The options of `command`, which live as long as the parser. If the command is chosen, `work` is called with
// them after the whole command line was parsed, unless one of its subcommands is chosen, and returns the exit
// code; a Mistake that it throws becomes a line on stderr.
template <class Options, class Work>
Options& options_of(CLI::App& command, Action& action, Work work) {
    auto options = std::make_shared<Options>();
    command.callback([&command, &action, options, work] {
        if (!command.get_subcommands().empty()) return;  // that of the subcommand was called before
        action = [options, work] { return reporting_mistakes([&] { return work(*options); }); };
    });
    return *options;
}

}  // namespace chathook::cli
