// Arguments -> command -> exit code.
#include "cli/cli.hpp"
#include "support/process_setup.hpp"

int main(int argc, char** argv) {
    chathook::set_up_process();
    return chathook::cli::run(argc, argv);
}
