#include "support/standard_streams.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "support/descriptor.hpp"
#include "support/environment.hpp"

using chathook::is_journal_stream;
using chathook::is_null_device;
using chathook::is_same_stream;
using chathook::test::Environment;

namespace {

struct Pipe {
    Pipe() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
    ~Pipe() {
        for (const int end : ends) ::close(end);
    }
    std::array<int, 2> ends{};
};

}  // namespace

TEST_CASE("two descriptors of one pipe are one stream, those of two pipes are not") {
    const Pipe one;
    const Pipe other;
    const int again = ::dup(one.ends[1]);
    CHECK(is_same_stream(one.ends[1], again));
    CHECK_FALSE(is_same_stream(one.ends[1], other.ends[1]));
    ::close(again);
    CHECK_FALSE(is_same_stream(one.ends[1], again));  // closed
}

TEST_CASE("a file that was opened twice is one stream") {
    chathook::test::CaughtDescriptor caught(STDERR_FILENO);
    const int again = ::open("/proc/self/fd/2", O_WRONLY | O_CLOEXEC);
    const bool same = is_same_stream(STDERR_FILENO, again);
    ::close(again);
    caught.text();
    CHECK(same);
}

TEST_CASE("standard error has its own writer only if it is a separate stream") {
    bool apart = false;
    bool together = true;
    {
        chathook::test::CaughtDescriptor out(STDOUT_FILENO);
        chathook::test::CaughtDescriptor error(STDERR_FILENO);
        apart = &chathook::standard_error() != &chathook::standard_output();
        REQUIRE(::dup2(STDOUT_FILENO, STDERR_FILENO) == STDERR_FILENO);
        together = &chathook::standard_error() == &chathook::standard_output();
    }
    CHECK(apart);
    CHECK(together);
}

TEST_CASE("a descriptor is a journal stream if its device and inode match JOURNAL_STREAM") {
    const Pipe pipe;
    struct stat status {};
    REQUIRE(::fstat(pipe.ends[1], &status) == 0);
    const std::string device = std::to_string(status.st_dev);
    const std::string inode = std::to_string(status.st_ino);
    CHECK_FALSE(is_journal_stream(pipe.ends[1]));
    {
        const Environment stream("JOURNAL_STREAM", device + ":" + inode);
        CHECK(is_journal_stream(pipe.ends[1]));
    }
    for (const std::string& other : {device + ":1" + inode, "1" + device + ":" + inode, device, device + ":",
                                     ":" + inode, device + ":" + inode + "x", std::string()}) {
        CAPTURE(other);
        const Environment stream("JOURNAL_STREAM", other);
        CHECK_FALSE(is_journal_stream(pipe.ends[1]));
    }
}

TEST_CASE("the null device is recognised") {
    const Pipe pipe;
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    const int zero = ::open("/dev/zero", O_WRONLY | O_CLOEXEC);
    CHECK(is_null_device(null));
    CHECK_FALSE(is_null_device(zero));
    CHECK_FALSE(is_null_device(pipe.ends[1]));
    ::close(null);
    ::close(zero);
}
