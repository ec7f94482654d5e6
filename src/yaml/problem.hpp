// One finding about a configuration, as users read it. Plain values; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace chathook::yaml {

// `FILE:LINE: key.path: what is wrong, and the fix`. Never contains the value of a secret.
struct Problem {
    enum class Severity { error, warning };
    Severity severity = Severity::error;
    int line = 0;  // 1-based; 0: the file as a whole
    std::string key;
    std::string message;
    std::filesystem::path file = {};  // that it is in; empty: the one that was read first
};

// `file`: the one that was read first.
std::string to_string(const std::filesystem::path& file, const Problem& problem);

// Sorts the problems by file and line and removes duplicates.
void put_in_order(std::vector<Problem>& problems);

}  // namespace chathook::yaml
