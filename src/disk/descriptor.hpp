// A file descriptor that closes itself. One thread at a time.
//
// Closing any descriptor of a file drops all fcntl(2) locks that the process has on it, and SQLite uses such
// locks. So while a database is open, none of its files is opened and closed, except with O_PATH: such a
// descriptor only names the file, and closing it drops no lock (open(2)).
#pragma once

#include <unistd.h>

#include <utility>

namespace chathook::disk {

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int opened) noexcept : fd_(opened) {}
    ~Descriptor() { reset(); }
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }

private:
    void reset() noexcept {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    int fd_ = -1;
};

}  // namespace chathook::disk
