#include "support/process_setup.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace chathook {
namespace {

// open() returns the lowest free descriptor, so all lower ones have to be in use already.
void occupy(int descriptor, int access) noexcept {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) return;
    // Without /dev, an O_PATH descriptor of the root directory, which cannot be read or written either.
    if (::open("/dev/null", access) < 0) ::open("/", O_PATH);
}

// Shells and service managers keep the soft limit at 1024 for programs that use select().
void raise_open_files() noexcept {
    struct rlimit files {};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == files.rlim_max) return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

void set_up_process() noexcept {
    occupy(STDIN_FILENO, O_WRONLY);
    occupy(STDOUT_FILENO, O_RDONLY);
    occupy(STDERR_FILENO, O_RDONLY);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    raise_open_files();
}

}  // namespace chathook
