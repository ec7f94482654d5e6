// What waits for the writer: appends of the network threads, settlements of the sinks' threads, changes that
// people ask for. Any thread, except where said. Everything is bounded; what does not fit is refused at once.
//
// An append's waiter is answered exactly once: by finish() after the commit, or by the watchdog when
// commit_timeout is over. The mutex decides who comes first.
#pragma once

#include <boost/asio/executor_work_guard.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <chathook/error.hpp>
#include <chathook/event.hpp>

#include "journal/ledgers.hpp"
#include "journal/settings.hpp"
#include "support/async.hpp"

namespace chathook::journal {

using SteadyTime = std::chrono::steady_clock::time_point;

// A suspended append(). Keeps its io_context running until it is resumed.
class Waiter {
public:
    explicit Waiter(const Executor& executor) : work_(executor) {}
    virtual ~Waiter() = default;
    Executor executor() const noexcept { return work_.get_executor(); }

    // On a thread of executor(), once.
    virtual void resume(Result<Appended> result) = 0;

private:
    boost::asio::executor_work_guard<Executor> work_;
};

// Answers on their way: one wake-up for each io_context, however many of its coroutines are resumed.
class Answers {
public:
    void add(std::unique_ptr<Waiter> waiter, Result<Appended> result);
    void post();

private:
    struct Group {
        explicit Group(const Executor& of) : executor(of) {}
        Executor executor;
        std::mutex posting;
        std::vector<std::pair<std::unique_ptr<Waiter>, Result<Appended>>> answers;
    };
    std::vector<std::shared_ptr<Group>> groups_;
};

struct PendingAppend {
    std::shared_ptr<const Event> event;
    SinkSet routed = 0;
    std::size_t bytes = 0;
    SteadyTime queued;
    std::unique_ptr<Waiter> waiter;  // null: already answered. Under the queue's mutex
};

struct PendingSettle {
    SinkNumber sink = 0;
    std::vector<Settlement> settlements;
    std::promise<Result<void>> done;
};

struct PendingName {
    std::string name;
    std::promise<Result<SinkNumber>> done;
};

// What changes may touch; the writer knows it.
struct Ledgers;

// One transaction of its own, on the writer's thread.
struct PendingChange {
    std::function<void(Ledgers&)> change;
    std::promise<Result<void>> done;
};

struct PendingSeal {
    SteadyTime until;  // not tried any longer
    std::promise<Result<void>> done;
};

// The refused requests of the inbox, written down now.
struct PendingRecording {
    std::promise<Result<void>> done;
};

// What the writer does next. `appends` belong to the queue until finish().
struct Work {
    std::span<PendingAppend> appends;
    std::vector<PendingSettle> settles;
    std::vector<PendingName> names;
    std::vector<PendingChange> changes;
    std::vector<PendingRecording> recordings;
    std::vector<PendingSeal> seals;
    bool closed = false;  // close() was called
    bool empty() const noexcept {
        return appends.empty() && settles.empty() && names.empty() && changes.empty() && recordings.empty() &&
               seals.empty();
    }
};

class Queue {
public:
    explicit Queue(const JournalSettings& settings);

    // Queues the event, or answers the waiter right away.
    void push(Event event, SinkSet routed, std::unique_ptr<Waiter> waiter);

    // Queues and waits for the writer. Not from the writer's thread.
    Result<void> settle(SinkNumber sink, std::vector<Settlement> settlements);
    Result<SinkNumber> sink_number(std::string name);
    Result<void> change(std::function<void(Ledgers&)> change);
    Result<void> seal(SteadyTime until);
    // Waits until then and not longer: commit_timeout. What was queued stays.
    Result<void> record(SteadyTime until);

    // From now on appends fail with this; nothing: they are taken again.
    void refuse(std::optional<Errc> reason);

    // The journal is lost: everything fails with journal_failed from now on.
    void fail();

    // Nothing new is taken; take() hands out what is left.
    void close();
    bool closed() const;

    // Whether an append is overdue.
    bool stalled() const;

    // The writer: waits for work until `until` and takes one batch.
    Work take(SteadyTime until);
    bool idle() const;

    // The writer: answers the batch of the last take(), one result for each of its appends.
    void finish(std::span<const Result<Appended>> results);

    // The watchdog's thread: answers what is overdue until end_watch().
    void watch();
    void end_watch();

private:
    std::optional<Errc> refusal(std::size_t bytes) const;
    template <class Pending>
    auto enter(std::vector<Pending>& queue, Pending request) -> decltype(request.done.get_future());
    template <class Pending>
    auto wait_for(std::vector<Pending>& queue, Pending request) -> decltype(request.done.get_future().get());
    bool has_work() const;
    bool has_company() const;
    std::optional<SteadyTime> oldest() const;
    Answers overdue(SteadyTime now);

    const std::chrono::milliseconds commit_timeout_;
    const std::size_t queue_events_max_, queue_bytes_max_, batch_events_max_, batch_bytes_max_;

    mutable std::mutex mutex_;
    std::condition_variable work_;       // wakes the writer
    std::condition_variable watch_;      // wakes the watchdog
    std::deque<PendingAppend> waiting_;  // all with a waiter, in order of their time
    std::size_t waiting_bytes_ = 0;
    std::vector<PendingAppend> committing_;  // the writer reads the events, the mutex guards the waiters
    std::vector<PendingSettle> settles_;
    std::vector<PendingName> names_;
    std::vector<PendingChange> changes_;
    std::vector<PendingRecording> recordings_;
    std::vector<PendingSeal> seals_;
    std::optional<Errc> refused_;
    bool failed_ = false;
    bool closed_ = false;
    bool crowded_ = false;                                        // the last batch had several appends
    SteadyTime taken_{};                                          // when it was taken
    std::chrono::nanoseconds fastest_ = std::chrono::seconds(1);  // of late, from take() to finish()
    bool watching_ = false;                                       // the watchdog is awake or has an alarm set
    bool watch_ended_ = false;
};

}  // namespace chathook::journal
