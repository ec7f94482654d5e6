// Arguments -> command -> exit code.
#include "cli/cli.hpp"

int main(int argc, char** argv) { return chathook::cli::run(argc, argv); }
