// What waits for the writer: appends of the network threads, settlements of the sinks' threads, and changes
// that operators ordered. Any thread, except where noted. Everything is bounded; what does not fit is refused
// at once.
//
// An append's waiter is answered exactly once: by finish() after the commit, or by the watchdog after
// commit_timeout. The mutex decides which of them is first.
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
#include "journal/parcel.hpp"
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

    // On a thread of executor(), once. Of a parcel's append only an error counts: see PendingParcel.
    virtual void resume(Result<Appended> result) = 0;

private:
    boost::asio::executor_work_guard<Executor> work_;
};

// Collects answers, so that each io_context is woken once, however many of its coroutines are resumed.
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

// A parcel, and what became of its parts. The writer fills `appended` before its waiter is resumed without an
// error; from then on it belongs to the waiter.
struct PendingParcel {
    std::shared_ptr<const Parcel> parcel;
    std::vector<Appended> appended;
};

struct PendingAppend {
    std::shared_ptr<const Event> event;  // of a parcel: its first, as a share in all of it
    SinkSet routed;
    std::size_t bytes = 0;
    SteadyTime queued;
    std::unique_ptr<Waiter> waiter;   // null: already answered. Guarded by the queue's mutex
    PendingParcel* parcel = nullptr;  // null: a single event. Lives as long as `event`
    std::size_t events() const noexcept { return parcel == nullptr ? 1 : parcel->parcel->parts.size(); }
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

// What a change may use; defined by the writer.
struct Ledgers;

// Is called inside a transaction of its own, on the writer's thread.
struct PendingChange {
    std::function<void(Ledgers&)> change;
    std::promise<Result<void>> done;
};

struct PendingSeal {
    SteadyTime until;  // the last attempt is made before this
    std::promise<Result<void>> done;
};

// A request to record now what is in the inbox of refused requests.
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
    void push(std::shared_ptr<const Event> event, SinkSet routed, std::unique_ptr<Waiter> waiter);
    void push(std::shared_ptr<PendingParcel> parcel, std::unique_ptr<Waiter> waiter);

    // Queues and waits for the writer. Not from the writer's thread.
    Result<void> settle(SinkNumber sink, std::vector<Settlement> settlements);
    Result<SinkNumber> sink_number(std::string name);
    Result<void> change(std::function<void(Ledgers&)> change);
    Result<void> seal(SteadyTime until);
    // Fails with commit_timeout at `until`; the request stays in the queue.
    Result<void> record(SteadyTime until);

    // From now on appends fail for this reason; nothing: they are accepted again.
    void refuse(std::optional<Errc> reason);

    // The journal is lost: everything fails with journal_failed from now on.
    void fail();

    // Nothing new is accepted; take() returns what is still queued.
    void close();
    bool closed() const;

    // Whether an append is overdue.
    bool stalled() const;

    // For the writer: waits for work until `until` and takes one batch.
    Work take(SteadyTime until);
    bool idle() const;

    // For the writer: answers the batch of the last take(), with one result for each of its appends.
    void finish(std::span<const Result<Appended>> results);

    // For the watchdog's thread: answers overdue appends until end_watch() is called.
    void watch();
    void end_watch();

private:
    std::optional<Errc> refusal(const PendingAppend& append) const;
    void push(PendingAppend append);
    PendingAppend& count_off_first();
    template <class Pending>
    auto enter(std::vector<Pending>& queue, Pending request) -> decltype(request.done.get_future());
    template <class Pending>
    auto wait_for(std::vector<Pending>& queue, Pending request) -> decltype(request.done.get_future().get());
    bool has_work() const;
    bool expects_more_appends() const;
    std::optional<SteadyTime> oldest() const;
    Answers take_overdue(SteadyTime now);

    const std::chrono::milliseconds commit_timeout_;
    const std::size_t queue_events_max_, queue_bytes_max_, batch_events_max_, batch_bytes_max_;

    mutable std::mutex mutex_;
    std::condition_variable work_;       // wakes the writer
    std::condition_variable watch_;      // wakes the watchdog
    std::deque<PendingAppend> waiting_;  // each with a waiter, in the order of their times
    std::size_t waiting_bytes_ = 0;
    std::size_t waiting_more_ = 0;           // events of parcels in waiting_ beyond the first of each
    std::vector<PendingAppend> committing_;  // the writer reads the events, the mutex guards the waiters
    std::vector<PendingSettle> settles_;
    std::vector<PendingName> names_;
    std::vector<PendingChange> changes_;
    std::vector<PendingRecording> recordings_;
    std::vector<PendingSeal> seals_;
    std::optional<Errc> refused_;
    bool failed_ = false;
    bool closed_ = false;
    bool last_batch_had_several_ = false;
    SteadyTime taken_{};                                                  // when the last batch was taken
    std::chrono::nanoseconds quickest_commit_ = std::chrono::seconds(1);  // recently, from take() to finish()
    bool watching_ = false;  // the watchdog is awake or waits for a time
    bool watch_ended_ = false;
};

}  // namespace chathook::journal
