// Runs the daemon as a service: signals, notifications to systemd, and the exit code. Main thread only.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "config/config.hpp"

namespace chathook::daemon {

// The configuration, read again.
struct ReadAgain {
    std::optional<config::Config> config;
    std::string reason;  // why it is unusable, if it is; all problems were logged
};
using Reread = std::function<ReadAgain()>;

// Serves until SIGTERM or SIGINT (a second one ends the process immediately), or until the disk fails. SIGHUP
// reloads and reopens, SIGUSR1 reopens. Returns an exit code of sysexits.h.
int serve(config::Config config, const Reread& reread);

}  // namespace chathook::daemon
