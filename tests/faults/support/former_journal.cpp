// former_journal DATABASE: makes of a stopped journal's database what release 0.1 would have left.
#include "store/former.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    if (argc != 2) return 64;
    try {
        chathook::store::test::downgrade_to_format_3(argv[1]);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "former_journal: %s\n", error.what());
        return 74;
    }
}
