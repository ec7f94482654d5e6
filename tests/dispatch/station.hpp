// A real journal, sinks that do what a test says, and helpers to watch them. The test's thread, except where
// noted.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "dispatch/sink_runner.hpp"
#include "journal/journal.hpp"
#include "store/engine.hpp"
#include "support/await.hpp"
#include "support/clock.hpp"
#include "support/deliveries.hpp"
#include "support/eventually.hpp"
#include "support/metrics.hpp"
#include "support/temp_directory.hpp"

namespace chathook::test {

// Passes every delivery to a function, one at a time up to the first failure, and keeps what was delivered.
class HandedSink final : public Sink {
public:
    using Answer = std::function<Outcome(const Delivery&, const std::stop_token&)>;
    explicit HandedSink(Answer answer) : answer_(std::move(answer)) {}

    std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token stop) override {
        std::vector<Outcome> outcomes;
        for (const Delivery& delivery : batch) {
            if (stop.stop_requested() || !begin_next()) break;
            outcomes.push_back(answer_(delivery, stop));
            if (outcomes.back().kind != Outcome::Kind::delivered) break;
            const std::lock_guard lock(mutex_);
            ids_.push_back(delivery.event->id);
            changed_.notify_all();
        }
        return outcomes;
    }

    // The events that it had to drop, of the first thousand sequences.
    void drop_erased(const std::function<bool(std::uint64_t)>& erased) override {
        const std::lock_guard lock(mutex_);
        for (std::uint64_t sequence = 1; sequence <= 1000; ++sequence) {
            if (erased(sequence)) dropped_.insert(sequence);
        }
    }
    std::vector<std::uint64_t> dropped() {
        const std::lock_guard lock(mutex_);
        return {dropped_.begin(), dropped_.end()};
    }

    void reopen() noexcept override { ++reopened; }
    std::atomic<unsigned> reopened = 0;  // any thread

    // The deliveries so far, once there are `count`, or after ten seconds.
    std::vector<std::string> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return ids_.size() >= count; });
        return ids_;
    }

private:
    Answer answer_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> ids_;
    std::set<std::uint64_t> dropped_;
};

inline Outcome take(const Delivery&, const std::stop_token&) { return {}; }

// Holds a delivery until the sink is told to stop.
class Gate {
public:
    Outcome hold(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        held_ = true;
        changed_.notify_all();
        changed_.wait(lock, stop, [this] { return open_; });
        return open_ ? Outcome{} : Outcome{Outcome::Kind::retry, "aborted", {}};
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

// Holds the delivery of one sequence at the gate, and accepts all others.
inline HandedSink::Answer hold_at(Gate& gate, std::uint64_t sequence) {
    return [&gate, sequence](const Delivery& delivery, const std::stop_token& stop) {
        return delivery.sequence == sequence ? gate.hold(stop) : Outcome{};
    };
}

class Station {
public:
    Station() { open_journal(); }
    ~Station() { journal->stop(); }

    void open_journal() {
        journal::JournalSettings settings;
        settings.directory = directory.path() / "journal";
        settings.min_free_disk = 0;
        settings.recall_patience = recall_patience;
        settings.retain_dead = retain_dead;
        journal = journal::open_journal(store::open_engine, settings, metrics->journal(),
                                        [](const std::string& reason) { throw std::runtime_error(reason); });
    }
    void restart_journal() {
        journal->stop();
        journal.reset();
        open_journal();
    }

    void append(std::uint64_t number, std::vector<std::string> sinks = {"crm"}) {
        Event event = numbered_event(number);
        event.received = now();
        journal::SinkSet set;
        for (const std::string& sink : sinks) set.insert(journal->sink_number(sink).value());
        const auto appended = await(journal->append(std::make_shared<const Event>(std::move(event)), set));
        REQUIRE(appended.has_value());
    }

    // Keeps a handle on the sink, which the setup owns.
    dispatch::SinkSetup setup(const std::string& name, HandedSink::Answer answer, HandedSink*& sink,
                              dispatch::DeliveryPolicy policy = {
                                  .backoff = {std::chrono::milliseconds(10),
                                              std::chrono::milliseconds(50)}}) {
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

    std::chrono::milliseconds recall_patience{60'000};  // from the next open_journal() on
    TempDirectory directory;
    std::chrono::seconds retain_dead{30 * 24 * 3600};
    std::unique_ptr<Metrics> metrics = make_metrics("test");
    std::unique_ptr<journal::Journal> journal;
};

inline std::vector<std::string> ids(std::uint64_t first, std::uint64_t last) {
    std::vector<std::string> all;
    for (std::uint64_t number = first; number <= last; ++number) all.push_back(numbered_id(number));
    return all;
}

}  // namespace chathook::test
