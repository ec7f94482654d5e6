// The daemon as a service: signals, systemd's notifications, and the exit code. Runs on the main thread.
#pragma once

#include <functional>
#include <optional>

#include "config/config.hpp"

namespace chathook::daemon {

// Reads the configuration anew; nothing when it is not usable (the problems were logged).
using Reread = std::function<std::optional<config::Config>()>;

// Serves until SIGTERM or SIGINT (a second one ends the process at once), or until the disk fails.
// SIGHUP reloads and reopens, SIGUSR1 reopens. Answers an exit code of sysexits.h.
int serve(config::Config config, const Reread& reread);

}  // namespace chathook::daemon
