#include "support/line_stream.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/temp_directory.hpp"

using chathook::LineMemory;
using chathook::LineStream;
using End = LineStream::End;
using namespace std::chrono_literals;

namespace {

// A pipe or a socket that is read only when the test asks for it.
class Ends {
public:
    enum class Kind { pipe, nonblocking_pipe, socket };

    explicit Ends(Kind kind = Kind::pipe) {
        std::signal(SIGPIPE, SIG_IGN);  // as in the daemon
        if (kind == Kind::socket) {
            REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) == 0);
        } else {
            const int flags = kind == Kind::nonblocking_pipe ? O_NONBLOCK : 0;
            REQUIRE(::pipe2(ends_.data(), O_CLOEXEC | flags) == 0);
            REQUIRE(::fcntl(ends_[0], F_SETFL, 0) == 0);
        }
    }
    ~Ends() {
        close_reader();
        close_writer();
    }

    int writer() const { return ends_[1]; }
    void close_reader() { close(ends_[0]); }
    void close_writer() { close(ends_[1]); }

    // Reads until `bytes` have arrived, or to the end.
    std::string read(std::size_t bytes) {
        std::string text(bytes, '\0');
        std::size_t got = 0;
        while (got < bytes) {
            const ssize_t now = ::read(ends_[0], text.data() + got, bytes - got);
            REQUIRE(now >= 0);
            if (now == 0) break;
            got += static_cast<std::size_t>(now);
        }
        text.resize(got);
        return text;
    }

private:
    static void close(int& end) {
        if (end >= 0) ::close(std::exchange(end, -1));
    }
    std::array<int, 2> ends_{-1, -1};
};

std::string line_of(char mark, std::size_t bytes) { return std::string(bytes - 1, mark) + '\n'; }

constexpr std::size_t more_than_fits = 1 << 20;  // into a pipe or a socket that is not read

const std::stop_token no_stop;

// Begins a line that the reader does not take completely; returns its number.
std::uint64_t begin_line(LineStream& stream, const std::string& line) {
    const auto written = stream.write(line, 1ms, no_stop);
    REQUIRE(written.end == End::stalled);
    REQUIRE(written.begun != 0);
    REQUIRE(written.out == line.size());
    return written.begun;
}

}  // namespace

TEST_CASE("lines of several writers stay whole at any size, on every kind of stream") {
    const auto kind = GENERATE(Ends::Kind::pipe, Ends::Kind::nonblocking_pipe, Ends::Kind::socket);
    Ends ends(kind);
    LineStream stream(ends.writer());
    constexpr int writers = 4;
    constexpr int lines = 50;
    constexpr std::size_t large = 30'000;
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < writers; ++writer) {
        threads.emplace_back([&stream, mark = static_cast<char>('a' + writer)] {
            for (int i = 0; i < lines; ++i) stream.write(line_of(mark, large), LineStream::for_ever, no_stop);
        });
    }
    const std::string text = ends.read(writers * lines * large);
    for (std::size_t at = 0; at < text.size(); at += large) {
        const std::string_view line = std::string_view(text).substr(at, large);
        REQUIRE(line == line_of(line.front(), large));
    }
}

TEST_CASE("a writer that writes again and again does not starve another one") {
    Ends ends;
    LineStream stream(ends.writer());
    std::jthread busy([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) stream.write("busy\n", 10s, stop);
    });
    std::string text = ends.read(5000);
    std::jthread other([&] { stream.write("other\n", LineStream::for_ever, no_stop); });
    while (text.find("other\n") == std::string::npos && text.size() < 1'000'000) text += ends.read(5);
    CHECK(text.find("other\n") != std::string::npos);
    busy.request_stop();
}

TEST_CASE("the next writer finishes a begun line before its own") {
    Ends ends;
    LineStream stream(ends.writer());
    const std::string large = line_of('x', more_than_fits);
    const std::uint64_t begun = begin_line(stream, large);
    std::jthread other([&] { stream.write("a line of the log\n", LineStream::for_ever, no_stop); });
    CHECK(ends.read(large.size() + 18) == large + "a line of the log\n");
    other.join();
    CHECK(stream.finish(begun, 1ms, no_stop).end == End::whole);  // nothing is left of it
}

TEST_CASE("a begun line continues where it broke off, and is whole only once all of it was taken") {
    Ends ends;
    LineStream stream(ends.writer());
    const std::string large = line_of('x', more_than_fits);
    const std::uint64_t begun = begin_line(stream, large);
    const auto stalled = stream.finish(begun, 1ms, no_stop);
    CHECK(stalled.end == End::stalled);
    CHECK(stalled.begun == begun);
    LineStream::Written written;
    std::jthread writer([&] { written = stream.finish(begun, LineStream::for_ever, no_stop); });
    CHECK(ends.read(large.size()) == large);
    writer.join();
    CHECK(written.end == End::whole);
}

TEST_CASE("a begun line that is replaced by another one is ended with a line feed") {
    Ends ends;
    LineStream stream(ends.writer());
    const std::string large = line_of('x', more_than_fits);
    const std::uint64_t begun = begin_line(stream, large);
    std::jthread writer([&] {
        stream.write("next\n", LineStream::for_ever, no_stop, begun);
        ends.close_writer();
    });
    const std::string text = ends.read(more_than_fits);
    const std::size_t torn = text.find('\n');
    CHECK(torn < large.size() - 1);
    CHECK(text == std::string(torn, 'x') + "\nnext\n");
}

TEST_CASE("nothing more of a cut line is written, except the line feed that ends it") {
    Ends ends(GENERATE(Ends::Kind::pipe, Ends::Kind::nonblocking_pipe, Ends::Kind::socket));
    LineStream stream(ends.writer());
    const std::string large = line_of('x', more_than_fits);
    const std::uint64_t begun = begin_line(stream, large);
    CHECK(stream.cut(begun));
    std::jthread writer([&] {
        stream.write("next\n", LineStream::for_ever, no_stop);
        ends.close_writer();
    });
    const std::string text = ends.read(more_than_fits);
    const std::size_t torn = text.find('\n');
    CHECK(torn < large.size() - 1);
    CHECK(text == std::string(torn, 'x') + "\nnext\n");
}

TEST_CASE("a line can be cut while another writer waits to write its rest") {
    Ends ends;
    LineStream stream(ends.writer());
    const std::string large = line_of('x', more_than_fits);
    const std::uint64_t begun = begin_line(stream, large);
    std::jthread other([&] {
        stream.write("a line of the log\n", LineStream::for_ever, no_stop);
        ends.close_writer();
    });
    // A third writer gives up on its turn once the second one has the turn.
    while (stream.write("a probe\n", 0ms, no_stop).end == End::whole) continue;
    CHECK(stream.cut(begun));
    const std::string text = ends.read(more_than_fits);
    const std::size_t torn = text.find('\n');
    CHECK(torn < large.size() - 1);
    CHECK(text == std::string(torn, 'x') + "\na line of the log\n");
}

TEST_CASE("cutting a finished line, or an older one, has no effect") {
    Ends ends;
    LineStream stream(ends.writer());
    const std::string large = line_of('x', more_than_fits);
    const std::uint64_t first = begin_line(stream, large);
    LineStream::Written written;
    const auto finish = [&](std::uint64_t begun) {
        return std::jthread([&, begun] { written = stream.finish(begun, LineStream::for_ever, no_stop); });
    };
    std::jthread writer = finish(first);
    CHECK(ends.read(large.size()) == large);
    writer.join();
    CHECK(written.end == End::whole);
    const std::uint64_t second = begin_line(stream, large);
    CHECK(stream.cut(first));
    writer = finish(second);
    CHECK(ends.read(large.size()) == large);
    writer.join();
    CHECK(written.end == End::whole);
}

TEST_CASE("a stop request is noticed while waiting for the reader and while waiting for a turn") {
    Ends ends;
    LineStream stream(ends.writer());
    LineStream::Written first;
    LineStream::Written second;
    std::jthread holder([&](const std::stop_token& stop) {
        first = stream.write(line_of('x', more_than_fits), LineStream::for_ever, stop);
    });
    ends.read(1);
    std::jthread waiter(
        [&](const std::stop_token& stop) { second = stream.write("late\n", LineStream::for_ever, stop); });
    waiter.request_stop();
    waiter.join();
    CHECK(second.end == End::stopped);
    CHECK(second.out == 0);
    holder.request_stop();
    holder.join();
    CHECK(first.end == End::stopped);
    CHECK(first.begun != 0);
}

TEST_CASE("a write whose stop was requested before leaves the stream untouched") {
    Ends ends;
    LineStream stream(ends.writer());
    std::stop_source stop;
    stop.request_stop();
    CHECK(stream.write("nothing\n", 1s, stop.get_token()).end == End::stopped);
    ends.close_writer();
    CHECK(ends.read(100).empty());
}

TEST_CASE("lines written before the reader stalled count as written") {
    Ends ends;
    LineStream stream(ends.writer());
    const std::string small = line_of('s', 100);
    const std::string large = line_of('x', more_than_fits);
    const auto written = stream.write(small + large + small, 1ms, no_stop);
    CHECK(written.end == End::stalled);
    CHECK(written.out == small.size() + large.size());
}

TEST_CASE(
    "a process that continues within a line of an earlier one ends that line first, otherwise adds nothing") {
    const chathook::test::TempDirectory place;
    const auto memory = [&](const Ends& ends) {
        return std::make_unique<LineMemory>(place.path() / "stdout", ends.writer());
    };
    Ends ends(GENERATE(Ends::Kind::pipe, Ends::Kind::nonblocking_pipe, Ends::Kind::socket));
    std::size_t out = 0;
    {
        LineStream killed(ends.writer());
        killed.go_on(memory(ends));
        begin_line(killed, line_of('x', more_than_fits));
    }
    {
        LineStream next(ends.writer());
        next.go_on(memory(ends));
        std::jthread writer([&] { next.write("next\n", LineStream::for_ever, no_stop); });
        std::string text;
        while (!text.ends_with("next\n")) text += ends.read(1);
        out = text.find('\n');
        CHECK(text == std::string(out, 'x') + "\nnext\n");
    }
    CHECK(out > 0);
    LineStream last(ends.writer());
    last.go_on(memory(ends));
    last.write("last\n", LineStream::for_ever, no_stop);
    CHECK(ends.read(5) == "last\n");
}

TEST_CASE("lines that fit into one piece of a pipe are written in one call, so a kill does not tear them") {
    Ends ends(GENERATE(Ends::Kind::pipe, Ends::Kind::nonblocking_pipe));
    LineStream stream(ends.writer());
    std::string lines;
    while (lines.size() < more_than_fits) lines += line_of('x', 1000);
    const auto written = stream.write(lines, 1ms, no_stop);
    CHECK(written.end == End::stalled);
    CHECK(written.begun == 0);
    CHECK(written.out > 0);
    CHECK(written.out % 1000 == 0);
}

TEST_CASE("a closed reader is reported as an error") {
    Ends ends;
    LineStream stream(ends.writer());
    ends.close_reader();
    const auto written = stream.write("into the void\n", 1s, no_stop);
    CHECK(written.end == End::failed);
    CHECK(written.error == EPIPE);
    CHECK(written.out == 0);
}
