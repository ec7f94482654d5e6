// The exit codes of the program: those of sysexits.h, as docs/operations.md lists them.
#pragma once

namespace chathook {

struct ExitCode {
    enum : int {
        done = 0,
        accepted_a_forgery = 1,  // `send --forge` only: the receiver accepted what it should have refused
        nothing_found = 1,       // of the ids that a command names
        degraded = 1,            // `status` only, whose codes are those of monitoring plug-ins:
        down = 2,                // the daemon does not answer, or takes no webhooks
        unknown = 3,             // it could not be asked
        usage = 64,
        bad_input = 65,
        unavailable = 69,
        software_error = 70,  // a defect of the program
        io_error = 74,        // the disk, or what is stored on it
        already_running = 75,
        bad_configuration = 78,
    };
};

}  // namespace chathook
