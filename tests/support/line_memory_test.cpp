#include "support/line_memory.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <string>

#include "support/file_content.hpp"
#include "support/temp_directory.hpp"

using chathook::LineMemory;
using chathook::test::content_of;
using chathook::test::TempDirectory;
namespace fs = std::filesystem;

namespace {

// The writing end of a pipe, or one end of a socket pair.
class Stream {
public:
    enum class Kind { pipe, socket };

    explicit Stream(Kind kind = Kind::pipe) {
        if (kind == Kind::pipe) REQUIRE(::pipe2(ends_.data(), O_CLOEXEC) == 0);
        if (kind == Kind::socket) {
            REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) == 0);
        }
    }
    ~Stream() {
        for (const int end : ends_) ::close(end);
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    operator int() const { return ends_[1]; }

private:
    std::array<int, 2> ends_{};
};

// A file as a shell opens it for `> name` and `>> name`: write-only.
class Output {
public:
    Output(const fs::path& path, const std::string& text, int flags) {
        std::ofstream(path) << text;
        descriptor_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags);
        REQUIRE(descriptor_ >= 0);
    }
    ~Output() { ::close(descriptor_); }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    operator int() const { return descriptor_; }

private:
    int descriptor_ = -1;
};

}  // namespace

TEST_CASE("the next process learns whether the stream was left within a line") {
    const TempDirectory place;
    const fs::path file = place.path() / "stdout";
    const Stream stream(GENERATE(Stream::Kind::pipe, Stream::Kind::socket));
    {
        LineMemory first(file, stream);
        CHECK_FALSE(first.within_line());
        first.remember(true);
    }
    const std::string within = content_of(file);
    {
        LineMemory second(file, stream);
        CHECK(second.within_line());
        second.remember(false);
    }
    CHECK(content_of(file).size() == within.size());  // so it needs no room
    CHECK_FALSE(LineMemory(file, stream).within_line());
}

TEST_CASE("a note about one stream does not apply to another") {
    const TempDirectory place;
    const fs::path file = place.path() / "stdout";
    const Stream one;
    const Stream other;
    LineMemory(file, one).remember(true);
    CHECK_FALSE(LineMemory(file, other).within_line());
    CHECK(LineMemory(file, one).within_line());
}

TEST_CASE("several streams have notes side by side, each while it is within a line") {
    const TempDirectory place;
    const fs::path file = place.path() / "stdout";
    const Stream one;
    const Stream other;
    LineMemory(file, one).remember(true);
    {
        LineMemory memory(file, other);
        memory.remember(true);
        memory.remember(false);
    }
    CHECK(LineMemory(file, one).within_line());
    CHECK_FALSE(LineMemory(file, other).within_line());
    LineMemory(file, other).remember(true);
    LineMemory(file, one).remember(false);
    CHECK_FALSE(LineMemory(file, one).within_line());
    CHECK(LineMemory(file, other).within_line());
    const auto size = fs::file_size(file);
    for (int i = 0; i < 100; ++i) LineMemory(file, Stream()).remember(true);
    CHECK(fs::file_size(file) <= 8 * size);
}

TEST_CASE("no file is created before there is something to remember, and its directory may be made later") {
    const TempDirectory place;
    const fs::path directory = place.path() / "journal";
    const Stream stream;
    LineMemory memory(directory / "stdout", stream);
    memory.remember(false);
    memory.remember(true);  // nowhere
    memory.remember(false);
    CHECK_FALSE(fs::exists(directory));
    fs::create_directory(directory);
    memory.remember(false);
    CHECK(fs::is_empty(directory));
    memory.remember(true);
    CHECK_FALSE(content_of(directory / "stdout").empty());
}

TEST_CASE("a file with foreign content is ignored") {
    const TempDirectory place;
    const fs::path file = place.path() / "stdout";
    std::ofstream(file) << GENERATE("", "torn", "1:2\n");
    CHECK_FALSE(LineMemory(file, Stream()).within_line());
}

TEST_CASE("the file of a process that still runs is left unchanged") {
    const TempDirectory place;
    const fs::path file = place.path() / "stdout";
    const Stream stream;
    LineMemory running(file, stream);
    running.remember(true);
    {
        LineMemory second(file, stream);
        CHECK_FALSE(second.within_line());
        second.remember(true);
        second.remember(false);
    }
    CHECK(content_of(file).find(':') != std::string::npos);
}

TEST_CASE("a symbolic link in place of the file is not followed") {
    const TempDirectory place;
    const fs::path file = place.path() / "stdout";
    std::ofstream(place.path() / "other") << "kept";
    fs::create_symlink("other", file);
    const Stream stream;
    LineMemory(file, stream).remember(true);
    CHECK(content_of(place.path() / "other") == "kept");
}

TEST_CASE("a regular file is judged by its last byte, and no note is written for it") {
    const TempDirectory place;
    const fs::path file = place.path() / "stdout";
    struct Case {
        std::string text;
        int flags;
        bool within;
    };
    const auto [text, flags, within] =
        GENERATE(Case{"{}\n{\"id\":", O_APPEND, true}, Case{std::string("{}\n\0\0", 5), O_APPEND, true},
                 Case{"{}\n", O_APPEND, false}, Case{"", O_APPEND, false}, Case{"torn", O_TRUNC, false});
    const Output output(place.path() / "events.jsonl", text, flags);
    LineMemory memory(file, output);
    CHECK(memory.within_line() == within);
    memory.remember(true);
    memory.remember(false);
    CHECK_FALSE(fs::exists(file));
}

TEST_CASE("a regular file opened without append is judged by the byte before the write position") {
    const TempDirectory place;
    const Output output(place.path() / "events.jsonl", "one\ntwo\n", 0);
    REQUIRE(::lseek(output, 6, SEEK_SET) == 6);
    CHECK(LineMemory(place.path() / "stdout", output).within_line());
}

TEST_CASE("no note is written for a terminal or for /dev/null") {
    const TempDirectory place;
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    LineMemory memory(place.path() / "stdout", null);
    memory.remember(true);
    ::close(null);
    CHECK(fs::is_empty(place.path()));
}
