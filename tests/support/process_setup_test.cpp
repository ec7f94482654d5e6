#include "support/process_setup.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>

#include "support/temp_directory.hpp"

using namespace chathook;

namespace {

// Runs the function in a child process and returns its exit code, or 128 plus the signal that ended it.
int in_a_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(body());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TEST_CASE(
    "standard descriptors that were closed at the start are in use afterwards, and writing to them fails") {
    const int code = in_a_child([] {
        for (int descriptor : {0, 1, 2}) ::close(descriptor);
        set_up_process();
        char byte = 0;
        if (::read(0, &byte, 1) != -1 || errno != EBADF) return 1;
        for (int descriptor : {1, 2}) {
            if (::write(descriptor, &byte, 1) != -1 || errno != EBADF) return 2;
        }
        const int next = ::open("/dev/null", O_RDONLY);
        return next > 2 ? 0 : 3;
    });
    CHECK(code == 0);
}

TEST_CASE("open standard descriptors are left unchanged") {
    const int code = in_a_child([] {
        int ends[2];
        if (::pipe(ends) != 0 || ::dup2(ends[1], 1) != 1) return 1;
        ::close(0);
        set_up_process();
        char byte = 'x';
        if (::write(1, &byte, 1) != 1 || ::read(ends[0], &byte, 1) != 1) return 2;
        return byte == 'x' ? 0 : 3;
    });
    CHECK(code == 0);
}

TEST_CASE("a closed pipe and an exceeded file size limit fail the write and do not end the process") {
    const chathook::test::TempDirectory directory;
    const std::string file = (directory.path() / "file").string();
    const int code = in_a_child([&] {
        std::signal(SIGPIPE, SIG_DFL);
        std::signal(SIGXFSZ, SIG_DFL);
        set_up_process();
        int ends[2];
        if (::pipe(ends) != 0) return 1;
        ::close(ends[0]);
        if (::write(ends[1], "x", 1) != -1 || errno != EPIPE) return 2;
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_FSIZE, &none);
        const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT, 0600);
        if (::write(descriptor, "x", 1) != -1 || errno != EFBIG) return 3;
        return 0;
    });
    CHECK(code == 0);
}

TEST_CASE("a signal that the parent blocked still stops the process") {
    const int code = in_a_child([] {
        std::signal(SIGTERM, SIG_DFL);  // the test's program has a handler
        sigset_t all;
        ::sigfillset(&all);
        ::sigprocmask(SIG_SETMASK, &all, nullptr);
        ::raise(SIGTERM);
        set_up_process();
        return 0;
    });
    CHECK(code == 128 + SIGTERM);
}
