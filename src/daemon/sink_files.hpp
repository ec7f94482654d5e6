// The ownership of files while the daemon runs, and the state of standard output. Used at start-up; one
// thread.
#pragma once

#include <vector>

#include "config/config.hpp"
#include "dispatch/sink_runner.hpp"

namespace chathook::daemon {

// Makes each sink check, before it opens, renames or removes a file, whether that has become a file of the
// journal, another sink, the configuration, a secret or the log since the start: links and mounts change.
void judge_files_of(std::vector<dispatch::SinkSetup>& sinks, const config::Config& config);

// Makes standard output begin with a new line if the last daemon with this journal ended within a line, and
// remember its own state for the next one. To be called before start_log(), which writes there, too.
void go_on_with_standard_output(const config::Config& config);

// Warns in the log if the events of a stdout sink go to the systemd journal, which drops and cuts lines, or
// to nowhere.
void warn_of_standard_output(const config::Config& config);

}  // namespace chathook::daemon
