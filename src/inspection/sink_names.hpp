// The names of sinks that a journal has numbered, for whoever judges a configuration before it meets the
// journal. A number is given out for good and there are sinks_max of them (ledgers.hpp).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace chathook::inspection {

// In order of their numbers; nothing when there is no journal in `directory` or this user cannot read it.
// Another process may be using it. Not for the process that has it open: that one asks its own Reader. One
// thread.
std::optional<std::vector<std::string>> sink_names(const std::filesystem::path& directory);

}  // namespace chathook::inspection
