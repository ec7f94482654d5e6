// Runs the daemon as a service: signals, notifications to systemd, and the exit code. Main thread only.
#pragma once

#include <functional>
#include <optional>

#include "config/config.hpp"

namespace chathook::daemon {

// Rereads the configuration; nullopt if it is unusable (the problems were logged).
using Reread = std::function<std::optional<config::Config>()>;

// Serves until SIGTERM or SIGINT (a second one ends the process immediately), or until the disk fails. SIGHUP
// reloads and reopens, SIGUSR1 reopens. Returns an exit code of sysexits.h.
int serve(config::Config config, const Reread& reread);

}  // namespace chathook::daemon
