// Sinks delivering out of a real journal on real threads.
#include "dispatch/sink_runner.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <functional>

#include "dispatch/dispatcher.hpp"
#include "journal/journal.hpp"
#include "support/await.hpp"
#include "support/clock.hpp"
#include "support/deliveries.hpp"
#include "support/temp_directory.hpp"

using namespace chathook;
using namespace std::chrono_literals;
using Kind = Outcome::Kind;

namespace {

// Hands every delivery to a function, one at a time up to the first failure, and keeps what was delivered.
class HandedSink final : public Sink {
public:
    using Answer = std::function<Outcome(const Delivery&, const std::stop_token&)>;
    explicit HandedSink(Answer answer) : answer_(std::move(answer)) {}

    std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token stop) override {
        std::vector<Outcome> outcomes;
        for (const Delivery& delivery : batch) {
            if (stop.stop_requested()) break;
            outcomes.push_back(answer_(delivery, stop));
            if (outcomes.back().kind != Kind::delivered) break;
            const std::lock_guard lock(mutex_);
            ids_.push_back(delivery.event->id);
            changed_.notify_all();
        }
        return outcomes;
    }

    // What has been delivered, once it is so many or ten seconds have gone.
    std::vector<std::string> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 10s, [&] { return ids_.size() >= count; });
        return ids_;
    }

private:
    Answer answer_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> ids_;
};

Outcome take(const Delivery&, const std::stop_token&) { return {}; }

// Holds a delivery until the sink is told to stop.
class Gate {
public:
    Outcome hold(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        held_ = true;
        changed_.notify_all();
        changed_.wait(lock, stop, [this] { return open_; });
        return open_ ? Outcome{} : Outcome{Kind::retry, "aborted", {}};
    }
    void wait_until_held() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return held_; });
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool held_ = false;
    bool open_ = false;
};

class Station {
public:
    Station() { open_journal(); }
    ~Station() { journal->stop(); }

    void open_journal() {
        journal::JournalSettings settings;
        settings.directory = directory.path() / "journal";
        settings.min_free_disk = 0;
        journal = journal::make_sqlite_journal(settings, metrics->journal(), [](const std::string& reason) {
            throw std::runtime_error(reason);
        });
    }
    void restart_journal() {
        journal->stop();
        journal.reset();
        open_journal();
    }

    void append(std::uint64_t number, std::vector<std::string> sinks = {"crm"}) {
        Event event = test::numbered_event(number);
        event.received = now();
        journal::SinkSet set = 0;
        for (const std::string& sink : sinks) set |= 1ull << journal->sink_number(sink).value();
        const auto appended = test::await(journal->append(std::move(event), set));
        REQUIRE(appended.has_value());
    }

    // Keeps a handle on the sink, which the setup owns.
    dispatch::SinkSetup setup(const std::string& name, HandedSink::Answer answer, HandedSink*& sink,
                              dispatch::DeliveryPolicy policy = {.backoff = {10ms, 50ms}}) {
        auto made = std::make_unique<HandedSink>(std::move(answer));
        sink = made.get();
        return {name, journal->sink_number(name).value(), {.batch_events_max = 4}, policy, std::move(made)};
    }

    journal::Reader::Backlog backlog(const std::string& name = "crm") {
        return journal->open_reader()->backlog(journal->sink_number(name).value()).value();
    }

    bool counted(const std::string& line) const {
        return metrics->text().find(line + "\n") != std::string::npos;
    }

    test::TempDirectory directory;
    std::unique_ptr<Metrics> metrics = make_metrics("test");
    std::unique_ptr<journal::Journal> journal;
};

std::vector<std::string> ids(std::uint64_t first, std::uint64_t last) {
    std::vector<std::string> all;
    for (std::uint64_t number = first; number <= last; ++number) all.push_back(test::numbered_id(number));
    return all;
}

// A condition that another thread brings about without telling.
bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

}  // namespace

TEST_CASE("what waited in the journal and what is committed later is delivered in order") {
    Station station;
    for (std::uint64_t number = 1; number <= 10; ++number) station.append(number);
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup("crm", take, sink), *station.journal,
                                station.metrics->sink("crm"));
    REQUIRE(sink->wait_for(10) == ids(1, 10));
    for (std::uint64_t number = 11; number <= 20; ++number) station.append(number);
    CHECK(sink->wait_for(20) == ids(1, 20));
    CHECK(eventually([&] { return station.backlog().events == 0; }));
    runner.stop(std::chrono::steady_clock::now() + 1s);
    CHECK(station.counted(R"(chathook_deliveries_total{outcome="delivered",sink="crm"} 20)"));
}

TEST_CASE("what was delivered is not delivered again after a restart, what was not is") {
    Station station;
    for (std::uint64_t number = 1; number <= 3; ++number) station.append(number);
    HandedSink* sink = nullptr;
    {
        const auto until_two = [](const Delivery& delivery, const std::stop_token&) {
            return delivery.sequence <= 2 ? Outcome{} : Outcome{Kind::retry, "down", {}};
        };
        dispatch::SinkRunner runner(station.setup("crm", until_two, sink), *station.journal,
                                    station.metrics->sink("crm"));
        REQUIRE(sink->wait_for(2) == ids(1, 2));
        REQUIRE(eventually([&] { return station.backlog().events == 1; }));
    }
    station.restart_journal();
    dispatch::SinkRunner runner(station.setup("crm", take, sink), *station.journal,
                                station.metrics->sink("crm"));
    CHECK(sink->wait_for(1) == ids(3, 3));
}

TEST_CASE("a failing sink says so, is tried again and recovers") {
    Station station;
    std::atomic<bool> down = true;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup(
                                    "crm",
                                    [&](const Delivery&, const std::stop_token&) {
                                        return down ? Outcome{Kind::retry, "HTTP 503", {}} : Outcome{};
                                    },
                                    sink),
                                *station.journal, station.metrics->sink("crm"));
    station.append(1);
    station.append(2);
    REQUIRE(eventually([&] { return runner.status().failures >= 3; }));
    CHECK(runner.status().failing);
    CHECK(runner.status().reason == "HTTP 503");
    CHECK(runner.status().since);
    down = false;
    CHECK(sink->wait_for(2) == ids(1, 2));
    CHECK(eventually([&] { return !runner.status().failing; }));
}

TEST_CASE("a refused event becomes a dead letter and the next one is delivered") {
    Station station;
    for (std::uint64_t number = 1; number <= 3; ++number) station.append(number);
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(
        station.setup(
            "crm",
            [](const Delivery& delivery, const std::stop_token&) {
                return delivery.sequence == 2 ? Outcome{Kind::poison, "HTTP 400", {}} : Outcome{};
            },
            sink),
        *station.journal, station.metrics->sink("crm"));
    const auto delivered = sink->wait_for(2);
    CHECK(delivered == std::vector{test::numbered_id(1), test::numbered_id(3)});
    CHECK(eventually([&] { return station.backlog().dead == 1 && station.backlog().events == 0; }));
    CHECK(eventually([&] { return station.counted(R"(chathook_dead_letters{sink="crm"} 1)"); }));
}

TEST_CASE("an event beyond max_age becomes a dead letter") {
    Station station;
    station.append(1);
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup("crm",
                                              [](const Delivery&, const std::stop_token&) {
                                                  return Outcome{Kind::retry, "down", {}};
                                              },
                                              sink, {.backoff = {10ms, 20ms}, .max_age = 200ms}),
                                *station.journal, station.metrics->sink("crm"));
    CHECK(eventually([&] { return station.backlog().dead == 1; }));
    CHECK(now() - station.journal->open_reader()->find({}).value().front().event->received >= 200ms);
}

TEST_CASE("a sink that hangs does not hold up another") {
    Station station;
    Gate gate;
    HandedSink* hanging = nullptr;
    HandedSink* working = nullptr;
    std::vector<dispatch::SinkSetup> setups;
    setups.push_back(station.setup(
        "hanging", [&](const Delivery&, const std::stop_token& stop) { return gate.hold(stop); }, hanging));
    setups.push_back(station.setup("working", take, working));
    dispatch::Dispatcher dispatcher(std::move(setups), *station.journal, *station.metrics);
    for (std::uint64_t number = 1; number <= 10; ++number) station.append(number, {"hanging", "working"});
    CHECK(working->wait_for(10) == ids(1, 10));
    gate.wait_until_held();
    CHECK(station.backlog("hanging").events == 10);
    CHECK(dispatcher.status().size() == 2);
    dispatcher.stop(0ms);
    CHECK(station.backlog("hanging").events == 10);
}

TEST_CASE("a delivery under way may end within the grace of a stop, and its progress is recorded") {
    Station station;
    station.append(1);
    Gate gate;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(
        station.setup(
            "crm", [&](const Delivery&, const std::stop_token& stop) { return gate.hold(stop); }, sink),
        *station.journal, station.metrics->sink("crm"));
    gate.wait_until_held();
    runner.begin_stop();
    gate.open();
    runner.stop(std::chrono::steady_clock::now() + 10s);
    CHECK(station.backlog().events == 0);
}

TEST_CASE("a delivery that outlasts the grace of a stop is aborted and stays due") {
    Station station;
    station.append(1);
    Gate gate;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(
        station.setup(
            "crm", [&](const Delivery&, const std::stop_token& stop) { return gate.hold(stop); }, sink),
        *station.journal, station.metrics->sink("crm"));
    gate.wait_until_held();
    runner.stop(std::chrono::steady_clock::now() + 20ms);
    CHECK(station.backlog().events == 1);
}

TEST_CASE("a sink that throws or tries nothing counts as failing, not as delivered") {
    Station station;
    station.append(1);
    std::atomic<int> calls = 0;
    HandedSink* sink = nullptr;
    dispatch::SinkRunner runner(station.setup("crm",
                                              [&](const Delivery&, const std::stop_token&) -> Outcome {
                                                  if (calls++ == 0)
                                                      throw std::runtime_error("visitor@example.com");
                                                  return {};
                                              },
                                              sink, {.backoff = {100ms, 100ms}}),
                                *station.journal, station.metrics->sink("crm"));
    REQUIRE(eventually([&] { return runner.status().failing; }));
    CHECK(runner.status().reason == "internal error: the sink threw an exception");
    CHECK(sink->wait_for(1) == ids(1, 1));
}
