#include "dispatch/sink_runner.hpp"

#include <algorithm>
#include <exception>
#include <random>
#include <utility>

#include "support/clock.hpp"
#include "support/log.hpp"
#include "support/threads.hpp"

namespace chathook::dispatch {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds metrics_interval{1};
constexpr std::chrono::seconds journal_pause{1};  // before a failed journal is tried again

// Minimum from one delivery to the next while events keep coming, to batch them: a busy intake commits a
// thousand times a second, and recording progress costs a commit of its own. A single event does not wait.
constexpr std::chrono::milliseconds gather{25};

DeliveryPolicy gathering(DeliveryPolicy policy) {
    policy.gather = gather;
    return policy;
}

DeliveryPlan::Chance make_chance() {
    return [engine = std::mt19937_64(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
    };
}

std::string in_seconds(steady_clock::duration duration) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count()) + "s";
}

}  // namespace

SinkRunner::SinkRunner(SinkSetup setup, journal::Deliveries& journal, SinkMetrics& metrics)
    : name_(std::move(setup.name)),
      number_(setup.number),
      traits_(setup.traits),
      sink_(std::move(setup.sink)),
      journal_(journal),
      metrics_(metrics),
      reader_(journal.open_reader()),
      holding_(std::make_shared<journal::Holding>(static_cast<journal::Holder&>(*this))),
      plan_(gathering(setup.policy), make_chance()) {
    status_.name = name_;
    if (const auto tried = reader_->tried(number_)) plan_.resume(*tried);
    journal_.add_holding(number_, holding_);
    commits_ = journal_.subscribe([this](std::uint64_t) { wake(); });
    redeliveries_ = journal_.subscribe_redelivered([this](journal::SinkNumber sink) { hurry(sink); });
    thread_ = start_thread("sink-" + name_, [this](const std::stop_token& abort) { run(abort); });
}

SinkRunner::~SinkRunner() {
    stop(steady_clock::now());
    holding_->leave();
}

void SinkRunner::begin_stop() noexcept {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        changed_.notify_all();
    }
    holding_->end();
}

void SinkRunner::stop(steady_clock::time_point deadline) noexcept {
    if (!thread_.joinable()) return;
    begin_stop();
    {
        std::unique_lock lock(mutex_);
        changed_.wait_until(lock, deadline, [this] { return ended_; });
    }
    thread_.request_stop();
    thread_.join();
    journal_.unsubscribe(commits_);
    journal_.unsubscribe(redeliveries_);
}

// Called with the holding's mutex held, so mutex_ must never be held while the holding is called.
void SinkRunner::recall() noexcept {
    sink_->recall();
    const std::lock_guard lock(mutex_);
    recalled_ = true;
    changed_.notify_all();
}

void SinkRunner::wake() noexcept {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    if (listening_) changed_.notify_all();
}

void SinkRunner::hurry(journal::SinkNumber sink) noexcept {
    if (sink != number_) return;
    const std::lock_guard lock(mutex_);
    asked_ = true;
    changed_.notify_all();
}

SinkStatus SinkRunner::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

bool SinkRunner::ending() const {
    const std::lock_guard lock(mutex_);
    return ending_;
}

void SinkRunner::run(const std::stop_token& abort) {
    while (true) {
        let_go_of_erased();
        const DeliveryPlan::Action action = plan_.next(moment());
        // Progress is recorded even while ending; everything else can wait for the next start.
        if (ending() && (action != DeliveryPlan::Action::settle || journal_failing_)) break;
        perform(action, abort);
        publish_metrics_if_due();
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
}

// Called between any two actions. Delivered events are settled before the holding counts as empty, so that an
// erasure's receipt can count them.
void SinkRunner::let_go_of_erased() {
    auto [withheld, missed, stale] = holding_->take_notice();
    withheld_ = std::move(withheld);
    if (stale) plan_.refetch();
    if (withheld_ || !missed.empty()) {
        sink_->drop_erased([&](std::uint64_t sequence) {
            return (withheld_ && journal::contains(*withheld_, sequence)) ||
                   journal::contains(missed, sequence);
        });
    }
    if (!plan_.settlements().empty()) return;
    journal::Sequences tried;
    if (withheld_) {
        tried = plan_.let_go([&](std::uint64_t sequence) { return journal::contains(*withheld_, sequence); });
    }
    holding_->put_back(tried);
}

Moment SinkRunner::moment() const { return {steady_clock::now(), journal_.clock()}; }

void SinkRunner::perform(DeliveryPlan::Action action, const std::stop_token& abort) {
    switch (action) {
        case DeliveryPlan::Action::settle: settle(); break;
        case DeliveryPlan::Action::fetch: fetch(); break;
        case DeliveryPlan::Action::deliver: deliver(abort); break;
        case DeliveryPlan::Action::gather: sleep_until(plan_.wait_until(), Until::time); break;
        case DeliveryPlan::Action::wait: wait_for_retry(); break;
        case DeliveryPlan::Action::idle: idle(); break;
    }
}

// Records what is not of an event that is being erased.
Result<void> SinkRunner::record(std::vector<journal::Settlement> settlements) {
    const journal::Sequences under_way = holding_->settling();
    std::erase_if(settlements, [&](const auto& one) { return journal::contains(under_way, one.sequence); });
    auto recorded = settlements.empty() ? Result<void>() : journal_.settle(number_, std::move(settlements));
    holding_->settled();
    return recorded;
}

void SinkRunner::settle() {
    const std::vector<journal::Settlement>& ended = plan_.settlements();
    std::vector<journal::Settlement> all = plan_.take_tried();
    all.insert(all.end(), ended.begin(), ended.end());
    const auto recorded = record(std::move(all));
    if (!recorded) {
        journal_failed(recorded.error());
        return;
    }
    journal_failing_ = false;
    metrics_stale_ = true;
    const auto delivered = static_cast<std::size_t>(
        std::count_if(ended.begin(), ended.end(), [](const auto& one) { return one.delivered(); }));
    if (delivered > 0) metrics_.delivered(delivered);
    for (std::size_t dead = delivered; dead < ended.size(); ++dead) metrics_.dead_lettered();
    if (delivered < ended.size()) log_dead(ended);
    plan_.settled();
}

void SinkRunner::fetch() {
    auto due = this->due();
    if (!due) {
        journal_failed(due.error());
        return;
    }
    journal_failing_ = false;
    const bool full = due->size() >= traits_.batch_events_max;
    plan_.fetched(std::move(due.value()), full);
}

// Always from the first: replayed events and retried dead letters come before what was delivered last.
// Withheld events are skipped, so that they do not hold up those behind them.
Result<std::vector<Delivery>> SinkRunner::due() {
    for (std::uint64_t after = 0;;) {
        auto due = reader_->due(number_, after, traits_.batch_events_max, traits_.batch_bytes_max);
        if (!due || due->empty() || !withheld_) return due;
        const Delivery last = due->back();
        std::erase_if(due.value(),
                      [&](const Delivery& one) { return journal::contains(*withheld_, one.sequence); });
        if (!due->empty() || last.again) return due;
        after = last.sequence;
    }
}

void SinkRunner::deliver(const std::stop_token& abort) {
    sink_->hand_over();
    if (!holding_->take(plan_.page())) return;
    metrics_stale_ = true;
    {
        const std::lock_guard lock(mutex_);
        asked_ = false;
    }
    std::vector<Outcome> outcomes;
    try {
        outcomes = sink_->deliver(plan_.page(), abort);
    } catch (const std::exception&) {  // its text may quote the event
        outcomes = {{Outcome::Kind::retry, "internal error: the sink threw an exception", {}}};
    }
    if (outcomes.empty() && !abort.stop_requested() && !sink_->recalled()) {
        outcomes = {{Outcome::Kind::retry, "internal error: the sink tried nothing", {}}};
    }
    for (const Outcome& outcome : outcomes) {
        if (outcome.kind != Outcome::Kind::delivered) metrics_.retried();
    }
    const Moment now = moment();
    plan_.tried(outcomes, now);
    report_state(now);
}

// For people only, and the next attempt says it anew: so a journal that does not take it holds nothing up.
void SinkRunner::note_tried() {
    std::vector<journal::Settlement> tried = plan_.take_tried();
    if (!tried.empty()) (void)record(std::move(tried));
}

void SinkRunner::wait_for_retry() {
    note_tried();
    metrics_stale_ = true;  // the lag of waiting events grows
    {
        const std::lock_guard lock(mutex_);
        status_.next_try = now() + std::chrono::duration_cast<std::chrono::microseconds>(
                                       plan_.next_attempt() - steady_clock::now());
    }
    const auto until = std::min(plan_.wait_until(), published_ + metrics_interval);
    if (sleep_until(until, Until::asked) == Woke::by_request) plan_.hurry();
    const std::lock_guard lock(mutex_);
    status_.next_try.reset();
}

void SinkRunner::idle() {
    metrics_.set_backlog(0);
    metrics_.set_lag(std::chrono::nanoseconds(0));
    const auto until = metrics_stale_ ? std::optional(published_ + metrics_interval) : std::nullopt;
    if (sleep_until(until, Until::event) != Woke::by_event) return;
    metrics_stale_ = true;  // dead letters may have been thrown away or erased
    plan_.woken();
}

SinkRunner::Woke SinkRunner::sleep_until(std::optional<steady_clock::time_point> until, Until or_until) {
    std::unique_lock lock(mutex_);
    const bool events_matter = or_until == Until::event;
    const bool requests_matter = or_until == Until::asked;
    const auto awake = [&] {
        return ending_ || recalled_ || (events_matter && woken_) || (requests_matter && asked_);
    };
    listening_ = events_matter;
    if (!until) {
        changed_.wait(lock, awake);
    } else if (!changed_.wait_until(lock, *until, awake)) {
        return Woke::by_time;
    }
    if (ending_) return Woke::to_end;
    if (std::exchange(recalled_, false)) return Woke::by_time;  // run the loop once
    if (requests_matter) {
        asked_ = false;
        return Woke::by_request;
    }
    woken_ = false;
    return Woke::by_event;
}

void SinkRunner::journal_failed(Errc error) {
    if (!journal_failing_) {
        log(LogLevel::error, "journal_unavailable",
            {{"sink", name_}, {"reason", std::string(reason_code(error))}});
    }
    journal_failing_ = true;
    sleep_until(steady_clock::now() + journal_pause, Until::time);
}

// One line when the sink begins to fail, one when the breaker opens, and one when the sink recovers; a retry
// is not logged.
void SinkRunner::report_state(const Moment& now) {
    const auto& failing = plan_.failing();
    const bool is_failing = failing.has_value();
    const bool is_open = plan_.breaker().is_open();
    if (is_failing && !was_failing_) {
        failing_since_ = chathook::now();
        began_to_fail_ = now.steady;
        log(LogLevel::warning, "sink_failing", {{"sink", name_}, {"reason", failing->reason}});
    }
    if (is_open && !was_open_) {
        log(LogLevel::error, "sink_breaker_open",
            {{"sink", name_}, {"failures", std::to_string(failing->in_a_row)}, {"reason", failing->reason}});
    }
    const bool closed = was_open_ && !is_open;
    if (closed || (!is_failing && was_failing_)) {
        log(LogLevel::info, closed ? LogKey("sink_breaker_closed") : LogKey("sink_recovered"),
            {{"sink", name_}, {"after", in_seconds(now.steady - began_to_fail_)}});
    }
    was_failing_ = is_failing;
    was_open_ = is_open;
    metrics_.set_breaker_open(is_open);
    metrics_.set_failing(failing_for(now.steady));

    const std::lock_guard lock(mutex_);
    status_.failing = is_failing;
    status_.reason = is_failing ? failing->reason : std::string();
    status_.since = is_failing ? std::optional(failing_since_) : std::nullopt;
    status_.failures = is_failing ? failing->in_a_row : 0;
    status_.breaker_open = is_open;
}

steady_clock::duration SinkRunner::failing_for(steady_clock::time_point now) const {
    return plan_.failing() ? now - plan_.failing()->since : steady_clock::duration(0);
}

void SinkRunner::log_dead(const std::vector<journal::Settlement>& settlements) const {
    std::size_t dead = 0;
    const journal::Settlement* first = nullptr;
    for (const journal::Settlement& one : settlements) {
        if (one.delivered()) continue;
        if (first == nullptr) first = &one;
        ++dead;
    }
    log(LogLevel::error, "dead_lettered",
        {{"sink", name_}, {"events", std::to_string(dead)}, {"first", first->id}, {"reason", first->reason}});
}

void SinkRunner::publish_metrics_if_due() {
    const auto now_steady = steady_clock::now();
    if (!metrics_stale_ || now_steady < published_ + metrics_interval) return;
    published_ = now_steady;
    const auto backlog = reader_->backlog(number_);
    if (!backlog) return;  // fetch() and settle() report a journal that fails
    metrics_stale_ = backlog->events > 0 || plan_.failing();
    metrics_.set_failing(failing_for(now_steady));
    metrics_.set_backlog(backlog->events);
    metrics_.set_dead_letters(backlog->dead);
    const auto age = backlog->oldest_counted_from ? journal_.clock() - *backlog->oldest_counted_from
                                                  : std::chrono::microseconds(0);
    metrics_.set_lag(std::max(age, std::chrono::microseconds(0)));
}

}  // namespace chathook::dispatch
