// Delivers to one sink on a thread of its own: carries out its DeliveryPlan with the real journal, clock and
// sink. There is no polling while nothing is due: a commit wakes it. All member functions may be called from
// any thread.
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
#include "dispatch/sink_status.hpp"
#include "journal/deliveries.hpp"
#include "support/metrics.hpp"

namespace chathook::dispatch {

struct SinkSetup {
    std::string name;
    journal::SinkNumber number = 0;
    SinkTraits traits;
    DeliveryPolicy policy;
    std::unique_ptr<Sink> sink;
};

class SinkRunner final : private journal::Holder {
public:
    // Starts delivering. `journal` and `metrics` outlive this. Throws what Questions::open_reader() throws.
    SinkRunner(SinkSetup setup, journal::Deliveries& journal, SinkMetrics& metrics);

    // Aborts the delivery under way if stop() was not called.
    ~SinkRunner() override;
    SinkRunner(const SinkRunner&) = delete;
    SinkRunner& operator=(const SinkRunner&) = delete;

    // Starts no further delivery. Returns at once.
    void begin_stop() noexcept;

    // Lets the delivery under way finish until `deadline`, then aborts it; what was delivered by then is
    // recorded. The journal must still be running. Returns when the thread has ended.
    void stop(std::chrono::steady_clock::time_point deadline) noexcept;

    void reopen() noexcept { sink_->reopen(); }
    SinkStatus status() const;

private:
    enum class Woke { by_event, by_request, by_time, to_end };

    void recall() noexcept override;
    std::size_t begun() const noexcept override { return sink_->begun(); }

    void wake() noexcept;
    void hurry(journal::SinkNumber sink) noexcept;
    void run(const std::stop_token& abort);
    void let_go_of_erased();
    Moment moment() const;
    void perform(DeliveryPlan::Action action, const std::stop_token& abort);
    void settle();
    Result<void> record(std::vector<journal::Settlement> settlements);
    void note_tried();
    void fetch();
    Result<std::vector<Delivery>> due();
    void deliver(const std::stop_token& abort);
    void wait_for_retry();
    void idle();
    enum class Until { time, event, asked };
    Woke sleep_until(std::optional<std::chrono::steady_clock::time_point> until, Until or_until);
    void journal_failed(Errc error);
    void report_state(const Moment& now);
    std::chrono::steady_clock::duration failing_for(std::chrono::steady_clock::time_point now) const;
    void log_dead(const std::vector<journal::Settlement>& settlements) const;
    void publish_metrics_if_due();
    bool ending() const;

    const std::string name_;
    const journal::SinkNumber number_;
    const SinkTraits traits_;
    std::unique_ptr<Sink> sink_;
    journal::Deliveries& journal_;
    SinkMetrics& metrics_;
    std::unique_ptr<journal::Reader> reader_;

    const std::shared_ptr<journal::Holding> holding_;

    // Used by the thread only.
    DeliveryPlan plan_;
    std::shared_ptr<const journal::Sequences> withheld_;  // not delivered while an erasure is under way
    std::chrono::steady_clock::time_point published_{};
    bool metrics_stale_ = true;
    bool was_failing_ = false;
    bool was_open_ = false;
    bool journal_failing_ = false;
    Instant failing_since_{};  // on the wall clock, for status()
    std::chrono::steady_clock::time_point began_to_fail_{};

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    bool woken_ = false;
    bool listening_ = false;  // whether a commit ends the thread's sleep
    bool recalled_ = false;   // let_go_of_erased() has work to do
    bool asked_ = false;      // a redelivery was requested since the last attempt began
    bool ending_ = false;
    bool ended_ = false;
    SinkStatus status_;

    std::size_t commits_ = 0;  // subscriptions
    std::size_t redeliveries_ = 0;
    std::jthread thread_;
};

}  // namespace chathook::dispatch
