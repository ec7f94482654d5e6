// What a command says when the user's words or files are wrong: one line and an exit code. One thread.
#pragma once

#include <stdexcept>
#include <string>

#include "cli/cli.hpp"

namespace chathook::cli {

// A word on the command line that is wrong, with the mend, and the exit code it deserves.
class Mistake : public std::runtime_error {
public:
    Mistake(int exit_code, const std::string& message) : std::runtime_error(message), exit_code_(exit_code) {}
    int exit_code() const noexcept { return exit_code_; }

private:
    int exit_code_;
};

// Runs `work`, turning a Mistake into a line on stderr and its exit code.
template <class Work>
int reporting_mistakes(const Work& work) {
    try {
        return work();
    } catch (const Mistake& mistake) {
        complain(mistake.what());
        return mistake.exit_code();
    }
}

}  // namespace chathook::cli
