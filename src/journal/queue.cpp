#include "journal/queue.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cassert>
#include <thread>

namespace chathook::journal {
namespace {

// Roughly the memory of an event without its texts.
constexpr std::size_t arrival_overhead_bytes = 512;

// There is one settlement per sink at a time, names are asked for at start-up and people order changes, so
// this limit only stops a caller that is out of control.
constexpr std::size_t requests_max = 4096;

// With a disk that is quicker than this, commits are limited by the processor, so that it pays to make them
// larger. With a slower one the next batch gathers during the commit.
constexpr std::chrono::milliseconds quick_commit_max{1};

std::size_t queued_bytes(const Event& event) noexcept {
    return event.text.size() + event.raw.size() + arrival_overhead_bytes;
}

}  // namespace

void Answers::add(std::unique_ptr<Waiter> waiter, Result<Appended> result) {
    const Executor executor = waiter->executor();
    auto found = std::find_if(groups_.begin(), groups_.end(),
                              [&](const auto& group) { return group->executor == executor; });
    if (found == groups_.end()) found = groups_.insert(groups_.end(), std::make_shared<Group>(executor));
    (*found)->answers.emplace_back(std::move(waiter), result);
}

void Answers::post() {
    for (const std::shared_ptr<Group>& group : groups_) {
        // post() uses the io_context for a moment after it has woken its thread. Resuming waits for that, so
        // that a resumed coroutine may end the io_context.
        const std::lock_guard posting(group->posting);
        boost::asio::post(group->executor, [group] {
            { const std::lock_guard posted(group->posting); }
            for (auto& [waiter, result] : group->answers) waiter->resume(result);
        });
    }
    groups_.clear();
}

Queue::Queue(const JournalSettings& settings)
    : commit_timeout_(settings.commit_timeout),
      queue_events_max_(settings.queue_events_max),
      queue_bytes_max_(settings.queue_bytes_max),
      batch_events_max_(std::max<std::size_t>(settings.batch_events_max, 1)),
      batch_bytes_max_(settings.batch_bytes_max) {}

std::optional<Errc> Queue::refusal(const PendingAppend& append) const {
    if (failed_) return Errc::journal_failed;
    if (closed_) return Errc::shutting_down;
    if (refused_) return refused_;
    // A parcel is taken by an empty queue, however many parts it has: it would never fit better.
    const std::size_t events = waiting_.size() + waiting_more_;
    const bool has_room = events + append.events() <= queue_events_max_ || events == 0;
    if (!has_room || waiting_bytes_ + append.bytes > queue_bytes_max_) return Errc::journal_full;
    return std::nullopt;
}

void Queue::push(std::shared_ptr<const Event> event, SinkSet routed, std::unique_ptr<Waiter> waiter) {
    const std::size_t bytes = queued_bytes(*event);
    push({std::move(event), std::move(routed), bytes, std::chrono::steady_clock::now(), std::move(waiter)});
}

void Queue::push(std::shared_ptr<PendingParcel> parcel, std::unique_ptr<Waiter> waiter) {
    std::size_t bytes = parcel->parcel->envelope.size();
    for (const Parcel::Part& part : parcel->parcel->parts) bytes += queued_bytes(*part.event);
    PendingParcel* pending = parcel.get();
    std::shared_ptr<const Event> first(std::move(parcel), pending->parcel->parts.front().event.get());
    push({std::move(first), {}, bytes, std::chrono::steady_clock::now(), std::move(waiter), pending});
}

void Queue::push(PendingAppend append) {
    std::optional<Errc> refused;
    std::unique_ptr<Waiter> refused_waiter;
    bool wake_watchdog = false;
    {
        const std::lock_guard lock(mutex_);
        refused = refusal(append);
        if (refused) {
            refused_waiter = std::move(append.waiter);
        } else {
            waiting_bytes_ += append.bytes;
            waiting_more_ += append.events() - 1;
            waiting_.push_back(std::move(append));
            wake_watchdog = !std::exchange(watching_, true);
        }
    }
    if (refused) {
        Answers answers;
        answers.add(std::move(refused_waiter), *refused);
        answers.post();
        return;
    }
    work_.notify_one();
    if (wake_watchdog) watch_.notify_one();
}

// The first one that waits, for the caller to take out.
PendingAppend& Queue::count_off_first() {
    PendingAppend& append = waiting_.front();
    waiting_bytes_ -= append.bytes;
    waiting_more_ -= append.events() - 1;
    return append;
}

// The answer comes from the writer, or is available at once if the request is refused.
template <class Pending>
auto Queue::enter(std::vector<Pending>& queue, Pending request) -> decltype(request.done.get_future()) {
    auto done = request.done.get_future();
    {
        const std::lock_guard lock(mutex_);
        std::optional<Errc> refused;
        if (queue.size() >= requests_max) refused = Errc::journal_full;
        if (closed_) refused = Errc::shutting_down;
        if (failed_) refused = Errc::journal_failed;
        if (refused) {
            request.done.set_value(*refused);
            return done;
        }
        queue.push_back(std::move(request));
    }
    work_.notify_one();
    return done;
}

template <class Pending>
auto Queue::wait_for(std::vector<Pending>& queue, Pending request)
    -> decltype(request.done.get_future().get()) {
    return enter(queue, std::move(request)).get();
}

Result<void> Queue::settle(SinkNumber sink, std::vector<Settlement> settlements) {
    return wait_for(settles_, PendingSettle{sink, std::move(settlements), {}});
}

Result<SinkNumber> Queue::sink_number(std::string name) {
    return wait_for(names_, PendingName{std::move(name), {}});
}

Result<void> Queue::change(std::function<void(Ledgers&)> change) {
    return wait_for(changes_, PendingChange{std::move(change), {}});
}

Result<void> Queue::seal(SteadyTime until) { return wait_for(seals_, PendingSeal{until, {}}); }

Result<void> Queue::record(SteadyTime until) {
    auto done = enter(recordings_, PendingRecording{});
    if (done.wait_until(until) != std::future_status::ready) return Errc::commit_timeout;
    return done.get();
}

void Queue::refuse(std::optional<Errc> reason) {
    const std::lock_guard lock(mutex_);
    refused_ = reason;
}

void Queue::fail() {
    const std::lock_guard lock(mutex_);
    failed_ = true;
}

void Queue::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    work_.notify_one();
}

bool Queue::closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

bool Queue::stalled() const {
    const std::lock_guard lock(mutex_);
    // This includes appends whose waiter was answered: as long as they are being committed, the disk works.
    const SteadyTime limit = std::chrono::steady_clock::now() - commit_timeout_;
    return !committing_.empty() && committing_.front().queued < limit;
}

Work Queue::take(SteadyTime until) {
    std::unique_lock lock(mutex_);
    assert(committing_.empty());
    work_.wait_until(lock, until, [&] { return closed_ || has_work(); });
    if (expects_more_appends()) {
        lock.unlock();
        std::this_thread::yield();
        lock.lock();
    }
    std::size_t bytes = 0, events = 0;
    while (!waiting_.empty()) {
        bytes += waiting_.front().bytes;
        events += waiting_.front().events();
        if ((bytes > batch_bytes_max_ || events > batch_events_max_) && !committing_.empty()) break;
        committing_.push_back(std::move(count_off_first()));
        waiting_.pop_front();
    }
    last_batch_had_several_ = committing_.size() > 1;
    taken_ = std::chrono::steady_clock::now();
    Work work;
    work.appends = committing_;
    work.settles = std::exchange(settles_, {});
    work.names = std::exchange(names_, {});
    work.changes = std::exchange(changes_, {});
    work.recordings = std::exchange(recordings_, {});
    work.seals = std::exchange(seals_, {});
    work.closed = closed_;
    return work;
}

// Whether more appends are likely to come that would share the commit: if several connections are active, the
// threads that serve them may be waiting for the processor that the writer occupies.
bool Queue::expects_more_appends() const {
    if (quickest_commit_ >= quick_commit_max || waiting_.empty() || waiting_.size() >= batch_events_max_)
        return false;
    return last_batch_had_several_ || waiting_.size() > 1;
}

bool Queue::has_work() const {
    return !waiting_.empty() || !settles_.empty() || !names_.empty() || !changes_.empty() ||
           !recordings_.empty() || !seals_.empty();
}

bool Queue::idle() const {
    const std::lock_guard lock(mutex_);
    return !has_work();
}

void Queue::finish(std::span<const Result<Appended>> results) {
    Answers answers;
    std::vector<PendingAppend> finished;
    {
        const std::lock_guard lock(mutex_);
        assert(results.size() == committing_.size());
        for (std::size_t at = 0; at < committing_.size(); ++at) {
            if (committing_[at].waiter) answers.add(std::move(committing_[at].waiter), results[at]);
        }
        finished.swap(committing_);
        // The minimum is kept, because longer times may include a wait for the processor.
        quickest_commit_ =
            std::min(std::chrono::steady_clock::now() - taken_, quickest_commit_ + quickest_commit_ / 8);
    }
    answers.post();
}

std::optional<SteadyTime> Queue::oldest() const {
    for (const PendingAppend& append : committing_) {
        if (append.waiter) return append.queued;
    }
    if (!waiting_.empty()) return waiting_.front().queued;
    return std::nullopt;
}

Answers Queue::take_overdue(SteadyTime now) {
    Answers answers;
    for (PendingAppend& append : committing_) {
        if (append.waiter && append.queued + commit_timeout_ <= now) {
            answers.add(std::move(append.waiter), Errc::commit_timeout);
        }
    }
    // Appends that were not begun yet are dropped. Their senders were told that they failed, and to commit
    // them would only make the others wait longer.
    while (!waiting_.empty() && waiting_.front().queued + commit_timeout_ <= now) {
        answers.add(std::move(count_off_first().waiter), Errc::commit_timeout);
        waiting_.pop_front();
    }
    return answers;
}

void Queue::watch() {
    std::unique_lock lock(mutex_);
    while (!watch_ended_) {
        const std::optional<SteadyTime> first = oldest();
        if (!first) {
            watching_ = false;
            watch_.wait(lock, [&] { return watch_ended_ || watching_; });
            continue;
        }
        if (*first + commit_timeout_ > std::chrono::steady_clock::now()) {
            // All appends have the same timeout, so one that comes meanwhile is not overdue earlier.
            watch_.wait_until(lock, *first + commit_timeout_, [&] { return watch_ended_; });
            continue;
        }
        Answers answers = take_overdue(std::chrono::steady_clock::now());
        lock.unlock();
        answers.post();
        lock.lock();
    }
}

void Queue::end_watch() {
    {
        const std::lock_guard lock(mutex_);
        watch_ended_ = true;
    }
    watch_.notify_one();
}

}  // namespace chathook::journal
