// The names of sinks that a journal has numbered, for checking a configuration without opening the journal. A
// number is assigned permanently, and there are sinks_max of them (ledgers.hpp).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace chathook::inspection {

// In the order of their numbers; nothing if there is no journal in `directory` or this user cannot read it.
// Another process may have it open. A process that has it open itself uses a Reader instead. One thread.
std::optional<std::vector<std::string>> sink_names(const std::filesystem::path& directory);

}  // namespace chathook::inspection
