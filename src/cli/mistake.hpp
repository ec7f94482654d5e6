// Reports a wrong command line or file of the user: one line and an exit code. One thread.
#pragma once

#include <stdexcept>
#include <string>

#include "cli/cli.hpp"

namespace chathook::cli {

// A mistake of the user, with the fix in its message, and the exit code.
class Mistake : public std::runtime_error {
public:
    Mistake(int exit_code, const std::string& message) : std::runtime_error(message), exit_code_(exit_code) {}
    int exit_code() const noexcept { return exit_code_; }

private:
    int exit_code_;
};

// Runs `work`; a Mistake becomes a line on stderr and its exit code.
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
