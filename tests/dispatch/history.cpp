#include "dispatch/history.hpp"

#include <algorithm>

namespace chathook::test {
namespace {

using namespace std::chrono_literals;
using Kind = Outcome::Kind;

constexpr std::size_t page_events_max = 8;
constexpr std::size_t again_events_max = 3;  // in a page
constexpr std::uint64_t steps_of_an_event_max = 2000;

dispatch::DeliveryPolicy policy_of(std::mt19937_64& random) {
    dispatch::DeliveryPolicy policy;
    policy.max_age = 2h;
    policy.breaker.failures = random() % 8 == 0 ? 0 : 1 + static_cast<unsigned>(random() % 8);
    policy.breaker.pause = std::chrono::seconds(1 + random() % 30);
    return policy;
}

}  // namespace

History::History(std::uint64_t seed, std::uint64_t events)
    : random_(seed),
      events_(events),
      policy_(policy_of(random_)),
      side_by_side_(one_in(2) ? 1 : 4),
      now_{Steady(1h), Instant(std::chrono::sys_days{std::chrono::year{2026} / 11 / 21})} {
    make_plan();
}

void History::must(bool holds, const char* what, std::uint64_t sequence) {
    if (holds) return;
    throw Broken(sequence == 0 ? std::string(what)
                               : std::string(what) + ": event " + std::to_string(sequence));
}

std::chrono::milliseconds History::some(std::chrono::milliseconds most) {
    return std::chrono::milliseconds(random_() % static_cast<unsigned long long>(most.count() + 1));
}

Happened History::run() {
    std::uint64_t steps = 0;
    while (appended_ < events_ || anything_due()) {
        must(++steps < events_ * steps_of_an_event_max, "it never ends");
        meanwhile();
        step();
    }
    for (const auto& [sequence, record] : records_)
        must(!is_due(record), "something was forgotten", sequence);
    return happened_;
}

void History::make_plan() {
    plan_.emplace(policy_, [this] { return static_cast<double>(random_() % 1'000'000) / 1e6; });
    for (auto& [sequence, record] : records_) {
        record.attempts = 0;
        record.refusals = 0;
    }
    in_hand_.clear();
    judged_ = 0;
    nothing_since_.reset();
    failures_ = 0;
    alone_ = false;
    not_before_ = Steady();
}

// The plan's memory is lost, the journal's contents stay.
void History::kill() {
    ++happened_.kills;
    pass(some(5s));
    make_plan();
}

void History::pass(std::chrono::milliseconds time) {
    now_.steady += time;
    now_.journal += time;
    if (one_in(400)) now_.journal += 1h;  // as after a stop that is counted late
}

void History::meanwhile() {
    if (appended_ < events_ && one_in(3)) append();
    if (one_in(40)) ask_again();
    if (one_in(300)) erase_one();
    if (one_in(500)) kill();
}

void History::append() {
    auto event = std::make_shared<Event>();
    event->received = now_.journal;
    event->id = std::to_string(++appended_);
    records_[appended_] = {.event = std::move(event), .poison = one_in(20)};
    waiting_.insert(appended_);
    plan_->woken();
}

// Requests a replay, or a retry of a dead letter.
void History::ask_again() {
    if (appended_ == 0 || appended_ == events_) return;  // otherwise it would never end
    const auto record = records_.find(1 + random_() % appended_);
    if (record == records_.end() || is_due(record->second)) return;
    record->second.again = true;
    record->second.taken_now = false;
    record->second.attempts = 0;
    record->second.refusals = 0;
    if (one_in(2)) record->second.poison = false;  // the receiver was fixed
    again_.insert(record->first);
    ++happened_.again;
    plan_->woken();
}

void History::erase_one() {
    if (appended_ == 0) return;
    const auto record = records_.find(1 + random_() % appended_);
    if (record == records_.end() || in_hand_.contains(record->first)) return;
    waiting_.erase(record->first);
    again_.erase(record->first);
    records_.erase(record);
    ++happened_.erased;
}

void History::step() {
    switch (plan_->next(now_)) {
        case Action::settle: settle(); break;
        case Action::fetch: fetch(); break;
        case Action::deliver: deliver(); break;
        case Action::gather:
        case Action::wait: wait(); break;
        case Action::idle:
            must(!anything_due(), "idle while something is due");
            pass(some(1s));
            break;
    }
}

void History::wait() {
    must(plan_->wait_until() > now_.steady, "a wait that is over");
    must(plan_->page().empty(), "events held while waiting");
    in_hand_.clear();
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(plan_->wait_until() - now_.steady);
    pass(one_in(20) ? some(rest) : rest);  // woken early, without reason
}

// Like the journal: waiting events first, then redeliveries in the room that is left.
void History::fetch() {
    std::vector<Delivery> page;
    for (const std::uint64_t sequence : waiting_) {
        if (page.size() == page_events_max) break;
        page.push_back({sequence, 1, records_.at(sequence).event});
    }
    std::size_t again = 0;
    for (const std::uint64_t sequence : again_) {
        if (page.size() == page_events_max || again++ == again_events_max) break;
        page.push_back({sequence, 1, records_.at(sequence).event, true});
    }
    for (Delivery& delivery : page) delivery.counted_from = delivery.event->received;
    appended_at_fetch_ = appended_;
    in_hand_.clear();
    for (const Delivery& delivery : page) in_hand_.insert(delivery.sequence);
    plan_->fetched(std::move(page));
}

void History::settle() {
    must(!plan_->settlements().empty(), "nothing to settle");
    // Checks each as soon as it is decided, because the clock may be set later.
    for (; judged_ < plan_->settlements().size(); ++judged_) judge(plan_->settlements()[judged_]);
    if (one_in(50)) return pass(some(2s));  // the journal accepts nothing
    if (one_in(200)) return kill();         // before the settlement was durable
    for (const auto& one : plan_->settlements()) settle_one(one);
    if (one_in(200)) return kill();  // after it was durable
    plan_->settled();
    judged_ = 0;
}

void History::judge(const journal::Settlement& one) const {
    const auto found = records_.find(one.sequence);
    must(found != records_.end() && is_due(found->second), "settled what is not due", one.sequence);
    const Record& record = found->second;
    must(one.attempts == record.attempts, "attempts miscounted", one.sequence);
    if (one.delivered()) return must(record.taken_now, "settled as delivered and was not", one.sequence);
    const bool refused = record.refusals == policy_.poison_tries;
    const auto nothing_for = nothing_since_ ? now_.steady - *nothing_since_ : 0s;
    const bool old =
        now_.journal - record.event->received >= policy_.max_age && nothing_for >= policy_.patience;
    const bool tried_long = record.attempts > 0 && nothing_for >= policy_.max_age;
    must(refused || (record.again ? tried_long : old), "given up early", one.sequence);
}

void History::settle_one(const journal::Settlement& one) {
    Record& record = records_.at(one.sequence);
    must(is_due(record), "settled twice", one.sequence);
    ++(one.delivered() ? happened_.delivered : happened_.dead);
    record.waiting = record.again = false;
    record.attempts = record.refusals = 0;
    waiting_.erase(one.sequence);
    again_.erase(one.sequence);
    in_hand_.erase(one.sequence);
}

void History::deliver() {
    const std::vector<Delivery> page(plan_->page().begin(), plan_->page().end());
    must(!page.empty(), "nothing to deliver");
    const std::uint64_t first = page.front().sequence;
    const bool waits = !waiting_.empty() && *waiting_.begin() <= appended_at_fetch_;
    must(waits ? first == *waiting_.begin() : page.front().again, "not the first that is due", first);
    check_pace(page.size());
    if (down_until_ < now_.steady && one_in(40)) {
        down_until_ = now_.steady + some(one_in(8) ? 8h : 2min);
    }
    const std::vector<Outcome> outcomes = answers(page);
    pass(some(200ms));
    if (one_in(500)) return kill();  // before the outcome was recorded
    remember(outcomes);
    plan_->tried(outcomes, now_);
}

void History::check_pace(std::size_t page) {
    must(now_.steady >= not_before_, "an attempt too early");
    must(!alone_ || page == 1, "more than one event for a receiver that is down");
    const bool open = policy_.breaker.failures > 0 && failures_ >= policy_.breaker.failures;
    must(!open || plan_->breaker().state() == dispatch::Breaker::State::half_open, "the breaker is not open");
    happened_.probes += open ? 1 : 0;
}

// One by one, or several in parallel: then none is begun after a failure, but those under way finish.
std::vector<Outcome> History::answers(std::span<const Delivery> page) {
    const bool down = now_.steady < down_until_;
    std::vector<Outcome> outcomes;
    bool failed = false;
    for (const Delivery& delivery : page) {
        if (failed && outcomes.size() % side_by_side_ == 0) break;
        if (!outcomes.empty() && one_in(10)) break;  // time was up
        outcomes.push_back(answer(delivery, down));
        failed |= outcomes.back().kind != Kind::delivered;
    }
    return outcomes;
}

Outcome History::answer(const Delivery& delivery, bool down) {
    const auto found = records_.find(delivery.sequence);
    must(found != records_.end() && is_due(found->second), "delivered what is not due", delivery.sequence);
    Record& record = found->second;
    must(delivery.attempt == ++record.attempts, "attempts miscounted", delivery.sequence);
    if (down) {
        if (one_in(30)) return {Kind::gone, "gone", {}};
        return {Kind::retry, "down", one_in(3) ? std::optional(some(2h)) : std::nullopt};
    }
    if (record.poison) {
        ++record.refusals;
        return {Kind::poison, "refused", {}};
    }
    if (one_in(50)) return {Kind::retry, "a moment's failure", {}};
    take(delivery.sequence, record);
    return {};
}

void History::take(std::uint64_t sequence, Record& record) {
    if (!record.taken && record.waiting && side_by_side_ == 1) {
        must(sequence > newest_taken_, "out of order", sequence);
        newest_taken_ = sequence;
    }
    if (record.taken_now) {
        ++happened_.doubled;
        must(happened_.doubled <= happened_.kills * page_events_max, "twice without a kill", sequence);
    }
    record.taken = record.taken_now = true;
}

// What these outcomes oblige the plan to do.
void History::remember(const std::vector<Outcome>& outcomes) {
    const auto failed = [](const Outcome& outcome) {
        return outcome.kind == Kind::retry || outcome.kind == Kind::gone;
    };
    const bool any_failed = std::any_of(outcomes.begin(), outcomes.end(), failed);
    alone_ = std::all_of(outcomes.begin(), outcomes.end(), failed);
    if (!alone_) {
        nothing_since_.reset();
        failures_ = 0;
    }
    if (!any_failed) return;
    if (!nothing_since_) nothing_since_ = now_.steady;
    ++failures_;
    std::chrono::milliseconds least{1};
    for (const Outcome& outcome : outcomes) {
        least = std::max(least, std::min(outcome.retry_after.value_or(0ms), dispatch::retry_after_max));
        if (outcome.kind == Kind::gone) least = std::max(least, policy_.gone_pause);
    }
    if (policy_.breaker.failures > 0 && failures_ >= policy_.breaker.failures) {
        least = std::max(least, policy_.breaker.pause);
    }
    not_before_ = now_.steady + least;
}

}  // namespace chathook::test
