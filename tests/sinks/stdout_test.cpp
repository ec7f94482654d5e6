#include "sinks/stdout.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <thread>

#include "sinks/made_sink.hpp"
#include "support/deliveries.hpp"
#include "support/descriptor.hpp"

using namespace chathook;
using namespace std::chrono_literals;
using sinks::LineFormat;

namespace {

// A pipe that is read only when the test says so.
class Pipe {
public:
    Pipe() {
        ::signal(SIGPIPE, SIG_IGN);  // as on a sink's thread
        REQUIRE(::pipe2(ends_.data(), O_CLOEXEC) == 0);
        REQUIRE(::fcntl(ends_[1], F_SETPIPE_SZ, 4096) == 4096);
    }
    ~Pipe() {
        close_reader();
        ::close(ends_[1]);
    }

    int writer() const { return ends_[1]; }
    void close_reader() {
        if (ends_[0] >= 0) ::close(std::exchange(ends_[0], -1));
    }

    // Reads until `bytes` are there.
    std::string read(std::size_t bytes) {
        std::string text(bytes, '\0');
        std::size_t got = 0;
        while (got < bytes) {
            pollfd ready{ends_[0], POLLIN, 0};
            REQUIRE(::poll(&ready, 1, 10'000) == 1);
            const ssize_t now = ::read(ends_[0], text.data() + got, bytes - got);
            REQUIRE(now > 0);
            got += static_cast<std::size_t>(now);
        }
        return text;
    }

    // What is in the pipe this very moment.
    std::string read_waiting() {
        std::string text;
        pollfd ready{ends_[0], POLLIN, 0};
        while (::poll(&ready, 1, 0) == 1 && (ready.revents & POLLIN) != 0) {
            char byte = 0;
            REQUIRE(::read(ends_[0], &byte, 1) == 1);
            text += byte;
        }
        return text;
    }

private:
    std::array<int, 2> ends_{};
};

}  // namespace

TEST_CASE("the stdout sink writes events to standard output, as JSON unless told otherwise") {
    const std::vector batch{test::numbered_delivery(1), test::numbered_delivery(2)};
    SinkSettings settings = test::default_settings("stdout");
    const auto json = test::make_sink("stdout", settings);
    settings.set("format", std::string("pretty"));
    const auto pretty = test::make_sink("stdout", settings);

    test::CaughtDescriptor caught(STDOUT_FILENO);
    const auto outcomes = test::deliver(*json, batch);
    const auto outcomes_of_pretty = test::deliver(*pretty, {batch.front()});
    const std::string text = caught.text();
    CHECK(test::all_delivered(outcomes, 2));
    CHECK(test::all_delivered(outcomes_of_pretty, 1));
    CHECK(text == batch[0].event->json + "\n" + batch[1].event->json + "\n" +
                      sinks::pretty_line(batch[0].event->json, {}) + "\n");
}

TEST_CASE("when the reader of the pipe is gone, the events wait for another one") {
    Pipe pipe;
    const auto sink = sinks::make_descriptor_sink(pipe.writer(), LineFormat::json, {});
    pipe.close_reader();
    const auto outcomes = test::deliver(*sink, test::numbered_deliveries(1, 2));
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes.front().kind == Outcome::Kind::retry);
    CHECK(outcomes.front().reason == "standard output: Broken pipe");
}

TEST_CASE("a stop ends a write that nobody reads at once, and the same event goes on where it broke off") {
    const bool nonblocking = GENERATE(false, true);
    Pipe pipe;
    if (nonblocking) REQUIRE(::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK) == 0);
    const auto sink = sinks::make_descriptor_sink(pipe.writer(), LineFormat::json, {});
    const std::vector batch{test::numbered_delivery(1), test::numbered_delivery(2, std::string(20'000, 'x')),
                            test::numbered_delivery(3)};
    std::vector<Outcome> outcomes;
    std::jthread writer([&](const std::stop_token& stop) { outcomes = sink->deliver(batch, stop); });
    std::string text = pipe.read(batch[0].event->json.size() + 101);  // the second line has begun
    const auto before = std::chrono::steady_clock::now();
    writer.request_stop();
    writer.join();
    CHECK(std::chrono::steady_clock::now() - before < 20s);
    REQUIRE(outcomes.size() == 1);  // the first; the second was not tried to its end
    text += pipe.read_waiting();

    const std::string whole =
        batch[0].event->json + "\n" + batch[1].event->json + "\n" + batch[2].event->json + "\n";
    std::jthread again([&] { outcomes = test::deliver(*sink, {batch[1], batch[2]}); });
    text += pipe.read(whole.size() - text.size());
    again.join();
    CHECK(test::all_delivered(outcomes, 2));
    CHECK(text == whole);
}

TEST_CASE("a torn line is ended before another event follows it") {
    Pipe pipe;
    const auto sink = sinks::make_descriptor_sink(pipe.writer(), LineFormat::json, {});
    const auto large = test::numbered_delivery(1, std::string(20'000, 'x'));
    const auto small = test::numbered_delivery(2);
    std::jthread writer([&](const std::stop_token& stop) { sink->deliver({&large, 1}, stop); });
    std::string text = pipe.read(10);
    writer.request_stop();
    writer.join();
    text += pipe.read_waiting();
    CHECK(text == large.event->json.substr(0, text.size()));
    CHECK(test::all_delivered(test::deliver(*sink, {small}), 1));
    CHECK(pipe.read_waiting() == "\n" + small.event->json + "\n");
}
