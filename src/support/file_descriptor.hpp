// A file descriptor that closes itself. One thread at a time.
//
// Closing any descriptor of a file drops all fcntl(2) locks that the process has on that file. SQLite uses
// such locks, so none of a database's files is opened and closed while the database is open, except with
// O_PATH: such a descriptor only names the file, and closing it drops no lock (open(2)).
#pragma once

#include <unistd.h>

#include <utility>

namespace chathook {

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int opened) noexcept : fd_(opened) {}
    ~Descriptor() { reset(); }
    Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = other.release();
        }
        return *this;
    }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    int release() noexcept { return std::exchange(fd_, -1); }
    void reset() noexcept {
        if (fd_ >= 0) ::close(release());
    }

private:
    int fd_ = -1;
};

}  // namespace chathook
