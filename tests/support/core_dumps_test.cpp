#include "support/core_dumps.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace {

struct Seen {
    bool forbidden = false;
    int dumpable = -1;
    rlim_t limit = RLIM_INFINITY;
};

// Runs in a child process, because the limit cannot be raised again.
Seen seen_after(bool (*act)()) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
        Seen seen;
        seen.forbidden = act();
        seen.dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
        rlimit limit{};
        getrlimit(RLIMIT_CORE, &limit);
        seen.limit = limit.rlim_max;
        _exit(write(ends[1], &seen, sizeof seen) == sizeof seen ? 0 : 1);
    }
    Seen seen;
    const bool whole = read(ends[0], &seen, sizeof seen) == sizeof seen;
    close(ends[0]);
    close(ends[1]);
    waitpid(child, nullptr, 0);
    REQUIRE(whole);
    return seen;
}

}  // namespace

TEST_CASE("a process that forbids core dumps can be neither dumped nor traced by its own user") {
    const Seen before = seen_after([] { return true; });
    CHECK(before.dumpable == 1);
    const Seen seen = seen_after([] { return chathook::forbid_core_dumps(); });
    // Debugging builds change nothing and return false.
    CHECK(seen.dumpable == (seen.forbidden ? 0 : 1));
    CHECK(seen.limit == (seen.forbidden ? 0 : before.limit));
}
