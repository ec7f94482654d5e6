#include "support/log_writer.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>
#include <thread>

using chathook::LineStream;
using chathook::LogWriter;

namespace {

struct Pipe {
    Pipe() { REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0); }
    ~Pipe() {
        close_writing();
        if (ends[0] >= 0) close(ends[0]);
    }
    int reading() const { return ends[0]; }
    int writing() const { return ends[1]; }
    void close_writing() {
        if (ends[1] >= 0) close(ends[1]);
        ends[1] = -1;
    }
    void close_reading() {
        close(ends[0]);
        ends[0] = -1;
    }

    std::array<int, 2> ends{-1, -1};
};

std::string read_to_end(int fd) {
    std::string text;
    std::array<char, 65536> buffer;
    for (ssize_t got = 0; (got = read(fd, buffer.data(), buffer.size())) > 0;) {
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

std::size_t occurrences(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++count;
    return count;
}

std::string tell_lost(std::size_t lines) { return "lines_lost=" + std::to_string(lines); }

// Bytes allocated in this process; 0 with a sanitizer's allocator, which does not report them.
std::size_t in_use() {
    const auto heap = ::mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

}  // namespace

TEST_CASE("a quiet log is written immediately, not when it is stopped") {
    Pipe pipe;
    LineStream stream(pipe.writing());
    LogWriter writer(stream, tell_lost);
    writer.write("first");
    pollfd readable{pipe.reading(), POLLIN, 0};
    REQUIRE(poll(&readable, 1, 10'000) == 1);
    std::array<char, 16> buffer;
    const ssize_t got = read(pipe.reading(), buffer.data(), buffer.size());
    REQUIRE(got > 0);
    CHECK(std::string(buffer.data(), static_cast<std::size_t>(got)) == "first\n");
}

TEST_CASE("when the reader stalls, the oldest lines are dropped and the log says how many") {
    Pipe pipe;
    constexpr std::size_t written = 3 * chathook::log_lines_waiting_max;
    LineStream stream(pipe.writing());
    LogWriter writer(stream, tell_lost);
    const std::string filler(100, '.');
    for (std::size_t i = 1; i <= written; ++i) writer.write("line " + std::to_string(i) + filler);

    std::thread stopping([&] {
        writer.stop();
        pipe.close_writing();
    });
    const std::string text = read_to_end(pipe.reading());
    stopping.join();

    CHECK(text.find("line " + std::to_string(written) + filler + "\n") != std::string::npos);
    const std::size_t last_total = text.rfind("lines_lost=");
    REQUIRE(last_total != std::string::npos);
    const std::size_t lost = std::stoul(text.substr(text.find("lines_lost=", last_total) + 11));
    CHECK(lost > 0);
    CHECK(occurrences(text, "line ") + lost == written);
}

TEST_CASE("all bytes arrive through a non-blocking descriptor") {
    Pipe pipe;
    REQUIRE(fcntl(pipe.writing(), F_SETFL, O_NONBLOCK) == 0);
    const std::string bytes(1 << 20, 'x');  // many times the capacity of a pipe
    std::string received;
    std::thread reading([&] { received = read_to_end(pipe.reading()); });
    chathook::write_all(pipe.writing(), bytes);
    pipe.close_writing();
    reading.join();
    CHECK(received == bytes);
}

TEST_CASE("a log whose reader is gone does not stop the program") {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    Pipe pipe;
    pipe.close_reading();
    LineStream stream(pipe.writing());
    LogWriter writer(stream, tell_lost);
    for (int i = 0; i < 100; ++i) writer.write("into the void");
    CHECK_NOTHROW(writer.stop());
    std::signal(SIGPIPE, before);
}

TEST_CASE("stopping the log does not wait for a stalled reader, and loses no line that a slow reader takes") {
    Pipe pipe;
    const std::string filler(1000, '.');
    LineStream stream(pipe.writing());
    LogWriter writer(stream, tell_lost);
    for (int i = 0; i < 1000; ++i) writer.write("line " + std::to_string(i) + filler);
    writer.stop();  // returns although nothing is read
    pipe.close_writing();
    CHECK(occurrences(read_to_end(pipe.reading()), "line ") > 0);
}

TEST_CASE("dropped lines are counted while the reader is still stalled") {
    Pipe pipe;
    LineStream stream(pipe.writing());
    LogWriter writer(stream, tell_lost);
    const std::string filler(100, '.');
    for (std::size_t i = 0; i < 3 * chathook::log_lines_waiting_max; ++i) writer.write(filler);
    CHECK(writer.lines_lost() > 0);
    const std::size_t lost = writer.lines_lost();
    writer.stop();
    CHECK(writer.lines_lost() >= lost);
}

TEST_CASE("a log takes memory for the lines that wait, and gives it back") {
    Pipe pipe;
    const std::size_t before = in_use();
    LineStream stream(pipe.writing());
    LogWriter writer(stream, tell_lost);
    CHECK(in_use() <= before + 16 * 1024);
    const std::string line(200, '.');
    for (std::size_t i = 0; i < chathook::log_lines_waiting_max; ++i) writer.write(line);
    const std::size_t full = in_use();
    CHECK((full == 0 || full > before + chathook::log_lines_waiting_max * line.size() / 2));
    std::thread reading([&] { read_to_end(pipe.reading()); });
    while (writer.waiting() > 0) std::this_thread::yield();
    CHECK(in_use() <= before + 256 * 1024);
    writer.stop();
    pipe.close_writing();
    reading.join();
}

TEST_CASE("lines that are written after the end of a log are dropped") {
    Pipe pipe;
    LineStream stream(pipe.writing());
    LogWriter writer(stream, tell_lost);
    writer.write("in time");
    writer.stop();
    writer.write("too late");
    pipe.close_writing();
    CHECK(read_to_end(pipe.reading()) == "in time\n");
}
