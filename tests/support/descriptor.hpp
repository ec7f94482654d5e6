// Captures in a file what the program writes to stdout or stderr. Used by the thread that made it.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <iostream>
#include <string>

namespace chathook::test {

// While this lives, what is written to the descriptor `fd` goes to an unnamed file.
class CaughtDescriptor {
public:
    explicit CaughtDescriptor(int fd) : fd_(fd), kept_(dup(fd)), file_(std::tmpfile()) {
        REQUIRE(kept_ >= 0);
        REQUIRE(file_ != nullptr);
        flush_streams();
        REQUIRE(dup2(fileno(file_), fd_) == fd_);
    }

    ~CaughtDescriptor() {
        restore();
        std::fclose(file_);
    }

    CaughtDescriptor(const CaughtDescriptor&) = delete;
    CaughtDescriptor& operator=(const CaughtDescriptor&) = delete;

    // Restores the descriptor and returns what was written to it. Assertions print, so make them afterwards.
    std::string text() {
        restore();
        std::string text;
        char buffer[4096];
        for (off_t at = 0;;) {
            const ssize_t got = pread(fileno(file_), buffer, sizeof buffer, at);
            if (got <= 0) return text;
            text.append(buffer, static_cast<std::size_t>(got));
            at += got;
        }
    }

private:
    static void flush_streams() {
        std::cout.flush();
        std::fflush(nullptr);
    }

    void restore() {
        if (kept_ < 0) return;
        flush_streams();
        dup2(kept_, fd_);
        close(kept_);
        kept_ = -1;
    }

    int fd_;
    int kept_;
    std::FILE* file_;
};

}  // namespace chathook::test
