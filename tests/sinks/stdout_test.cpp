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

    // What is in the pipe at this moment.
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
    CHECK(text == batch[0].event->text + "\n" + batch[1].event->text + "\n" +
                      sinks::pretty_line(batch[0].event->text, {}) + "\n");
}

TEST_CASE("when the reader of the pipe is gone, delivery fails and is to be retried") {
    Pipe pipe;
    LineStream stream(pipe.writer());
    const auto sink = sinks::make_stream_sink(stream, LineFormat::json, {});
    pipe.close_reader();
    const auto outcomes = test::deliver(*sink, test::numbered_deliveries(1, 2));
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes.front().kind == Outcome::Kind::retry);
    CHECK(outcomes.front().reason == "standard output: Broken pipe");
}

TEST_CASE("a stop ends a stalled write at once, and the event's next attempt continues where it broke off") {
    const bool nonblocking = GENERATE(false, true);
    Pipe pipe;
    if (nonblocking) REQUIRE(::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK) == 0);
    LineStream stream(pipe.writer());
    const auto sink = sinks::make_stream_sink(stream, LineFormat::json, {});
    const std::vector batch{test::numbered_delivery(1), test::numbered_delivery(2, std::string(20'000, 'x')),
                            test::numbered_delivery(3)};
    std::vector<Outcome> outcomes;
    std::jthread writer([&](const std::stop_token& stop) { outcomes = sink->deliver(batch, stop); });
    std::string text = pipe.read(batch[0].event->text.size() + 101);  // into the second line
    const auto before = std::chrono::steady_clock::now();
    writer.request_stop();
    writer.join();
    CHECK(std::chrono::steady_clock::now() - before < 20s);
    REQUIRE(outcomes.size() == 1);  // the first; the second was not tried to its end
    text += pipe.read_waiting();

    const std::string whole =
        batch[0].event->text + "\n" + batch[1].event->text + "\n" + batch[2].event->text + "\n";
    std::jthread again([&] { outcomes = test::deliver(*sink, {batch[1], batch[2]}); });
    text += pipe.read(whole.size() - text.size());
    again.join();
    CHECK(test::all_delivered(outcomes, 2));
    CHECK(text == whole);
}

TEST_CASE("a torn line is ended before another event follows it") {
    Pipe pipe;
    LineStream stream(pipe.writer());
    const auto sink = sinks::make_stream_sink(stream, LineFormat::json, {});
    const auto large = test::numbered_delivery(1, std::string(20'000, 'x'));
    const auto small = test::numbered_delivery(2);
    std::jthread writer([&](const std::stop_token& stop) { sink->deliver({&large, 1}, stop); });
    std::string text = pipe.read(10);
    writer.request_stop();
    writer.join();
    text += pipe.read_waiting();
    CHECK(text == large.event->text.substr(0, text.size()));
    const std::string rest = "\n" + small.event->text + "\n";
    std::vector<Outcome> outcomes;
    std::jthread next([&] { outcomes = test::deliver(*sink, {small}); });
    CHECK(pipe.read(rest.size()) == rest);
    next.join();
    CHECK(test::all_delivered(outcomes, 1));
}

TEST_CASE("the rest of an erased event's line is never written, and that of another event is") {
    const std::uint64_t erased = GENERATE(1, 7);
    Pipe pipe;
    LineStream stream(pipe.writer());
    const auto sink = sinks::make_stream_sink(stream, LineFormat::json, {});
    const auto large = test::numbered_delivery(1, std::string(20'000, 'x'));
    std::jthread writer([&](const std::stop_token& stop) { sink->deliver({&large, 1}, stop); });
    std::string text = pipe.read(10);
    writer.request_stop();
    writer.join();
    text += pipe.read_waiting();
    sink->drop_erased([&](std::uint64_t sequence) { return sequence == erased; });
    const std::string torn = erased == 1 ? "\n" : large.event->text.substr(text.size()) + "\n";
    std::jthread other([&] { stream.write("a line of the log\n", LineStream::for_ever, {}); });
    const std::string rest = torn + "a line of the log\n";
    CHECK(pipe.read(rest.size()) == rest);
    other.join();
    CHECK(pipe.read_waiting().empty());
}

TEST_CASE(
    "an event whose line another writer finished is delivered by its next attempt, and not written twice") {
    Pipe pipe;
    LineStream stream(pipe.writer());
    const auto sink = sinks::make_stream_sink(stream, LineFormat::json, {});
    const auto large = test::numbered_delivery(1, std::string(20'000, 'x'));
    std::vector<Outcome> outcomes;
    std::jthread writer([&](const std::stop_token& stop) { outcomes = sink->deliver({&large, 1}, stop); });
    std::string text = pipe.read(10);
    writer.request_stop();
    writer.join();
    CHECK(outcomes.empty());

    const std::string whole = large.event->text + "\n" + "a line of the log\n";
    std::jthread other([&] { stream.write("a line of the log\n", LineStream::for_ever, {}); });
    text += pipe.read(whole.size() - text.size());
    other.join();
    CHECK(text == whole);
    CHECK(test::all_delivered(test::deliver(*sink, {large}), 1));
    CHECK(pipe.read_waiting().empty());
}

TEST_CASE("two sinks on one stream never write into each other's lines") {
    Pipe pipe;
    LineStream stream(pipe.writer());
    const auto one = sinks::make_stream_sink(stream, LineFormat::json, {});
    const auto other = sinks::make_stream_sink(stream, LineFormat::json, {});
    std::vector<Delivery> batch;
    std::size_t bytes = 0;
    for (std::uint64_t number = 1; number <= 50; ++number) {
        batch.push_back(test::numbered_delivery(number, std::string(9'000, 'x')));
        bytes += batch.back().event->text.size() + 1;
    }
    std::jthread first([&] { test::deliver(*one, batch); });
    std::jthread second([&] { test::deliver(*other, batch); });
    const std::string text = pipe.read(2 * bytes);
    for (const Delivery& delivery : batch) {
        const std::string line = delivery.event->text + "\n";
        const std::size_t found = text.find(line);
        REQUIRE(found != std::string::npos);
        REQUIRE(text.find(line, found + 1) != std::string::npos);
    }
}
