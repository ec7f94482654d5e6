// Runs a command of the program in the test's own process and captures its output. One thread.
#pragma once

#include <unistd.h>

#include <string>
#include <vector>

#include "cli/cli.hpp"
#include "support/descriptor.hpp"

namespace chathook::test {

struct Ran {
    int exit_code;
    std::string output;
    std::string complaint;
};

inline Ran run(std::vector<std::string> words) {
    words.insert(words.begin(), "chathookd");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    CaughtDescriptor out(STDOUT_FILENO);
    CaughtDescriptor err(STDERR_FILENO);
    const int code = cli::run(static_cast<int>(arguments.size()), arguments.data());
    return {code, out.text(), err.text()};
}

}  // namespace chathook::test
