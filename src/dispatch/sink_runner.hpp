// Delivers to one sink on a thread of its own: does what its DeliveryPlan says, with the real journal, the
// real clock and the real sink. Nothing is polled while nothing is due: a commit wakes it. All member
// functions may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <chathook/sink.hpp>

#include "dispatch/delivery_plan.hpp"
#include "journal/journal.hpp"
#include "support/metrics.hpp"

namespace chathook::dispatch {

struct SinkSetup {
    std::string name;
    journal::SinkNumber number = 0;
    SinkTraits traits;
    DeliveryPolicy policy;
    std::unique_ptr<Sink> sink;
};

// For people: what the sink is at.
struct SinkStatus {
    std::string name;
    bool failing = false;
    std::string reason;               // of the last failure, while it fails
    std::optional<Instant> since;     // when it began to fail
    std::optional<Instant> next_try;  // while it waits
    unsigned failures = 0;            // in a row
    bool breaker_open = false;        // left alone but for a single delivery now and then
};

class SinkRunner {
public:
    // Starts delivering. `journal` and `metrics` outlive this. Throws what Journal::open_reader() throws.
    SinkRunner(SinkSetup setup, journal::Journal& journal, SinkMetrics& metrics);

    // Aborts what is under way, if stop() was not called.
    ~SinkRunner();
    SinkRunner(const SinkRunner&) = delete;
    SinkRunner& operator=(const SinkRunner&) = delete;

    // Start nothing new. Returns at once.
    void begin_stop() noexcept;

    // Lets the delivery under way end on its own until `deadline`, then aborts it; what was delivered by then
    // is recorded. The journal must still be running. Returns when the thread has ended.
    void stop(std::chrono::steady_clock::time_point deadline) noexcept;

    void reopen() noexcept { sink_->reopen(); }
    SinkStatus status() const;

private:
    enum class Woke { by_event, by_request, by_time, to_end };

    void wake() noexcept;
    void hurry(journal::SinkNumber sink) noexcept;
    void run(const std::stop_token& abort);
    void perform(DeliveryPlan::Action action, const std::stop_token& abort);
    void settle();
    void fetch();
    void deliver(const std::stop_token& abort);
    void wait_for_retry();
    void idle();
    enum class Until { time, event, asked };
    Woke sleep_until(std::optional<std::chrono::steady_clock::time_point> until, Until or_until);
    void journal_failed(Errc error);
    void report_state(const Moment& now);
    std::chrono::steady_clock::duration failing_for(std::chrono::steady_clock::time_point now) const;
    void log_dead(const std::vector<DeliveryPlan::Settled>& settlements) const;
    void publish_metrics_if_due();
    bool ending() const;

    const std::string name_;
    const journal::SinkNumber number_;
    const SinkTraits traits_;
    std::unique_ptr<Sink> sink_;
    journal::Journal& journal_;
    SinkMetrics& metrics_;
    std::unique_ptr<journal::Reader> reader_;

    // The thread's own.
    DeliveryPlan plan_;
    std::chrono::steady_clock::time_point published_{};
    bool metrics_stale_ = true;
    bool was_failing_ = false;
    bool was_open_ = false;
    bool journal_failing_ = false;
    Instant failing_since_{};

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    bool woken_ = false;
    bool listening_ = false;  // whether being woken ends the thread's sleep
    bool asked_ = false;      // somebody made something due again since the last attempt began
    bool ending_ = false;
    bool ended_ = false;
    SinkStatus status_;

    std::size_t commits_ = 0;  // subscriptions
    std::size_t redeliveries_ = 0;
    std::jthread thread_;
};

}  // namespace chathook::dispatch
