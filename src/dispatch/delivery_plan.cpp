#include "dispatch/delivery_plan.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace chathook::dispatch {
namespace {

// "72 h": the largest unit that needs no fraction.
std::string spoken(std::chrono::milliseconds duration) {
    struct Unit {
        long long milliseconds;
        const char* name;
    };
    constexpr std::array<Unit, 3> units{{{3'600'000, " h"}, {60'000, " min"}, {1'000, " s"}}};
    for (const Unit& unit : units) {
        if (duration.count() % unit.milliseconds == 0) {
            return std::to_string(duration.count() / unit.milliseconds) + unit.name;
        }
    }
    return std::to_string(duration.count()) + " ms";
}

// Limit for events that failed and then were not in a page again: erased, or behind newer ones.
constexpr std::size_t tries_max = 1024;

bool is_failure(Outcome::Kind kind) { return kind == Outcome::Kind::retry || kind == Outcome::Kind::gone; }

}  // namespace

DeliveryPlan::DeliveryPlan(const DeliveryPolicy& policy, Chance chance)
    : policy_(policy), chance_(std::move(chance)), breaker_(policy.breaker) {
    assert(policy_.poison_tries > 0);
    policy_.patience = std::min(policy_.patience, policy_.max_age);
}

DeliveryPlan::Action DeliveryPlan::next(const Moment& now) {
    give_up_the_old(now);
    if (!settlements_.empty()) return Action::settle;
    if (idle_) return Action::idle;
    if (now.steady >= not_before_) {
        head_.reset();
        if (page_.empty()) {
            wait_until_ = gather_until_;
            return full_ || now.steady >= gather_until_ ? Action::fetch : Action::gather;
        }
        for (Delivery& delivery : page_) {
            const auto tries = tries_.find(delivery.sequence);
            delivery.attempt = 1 + (tries == tries_.end() ? 0 : tries->second.attempts);
        }
        breaker_.probing();
        return Action::deliver;
    }

    let_go_of_page();
    if (!head_) return Action::fetch;
    wait_until_ = not_before_;
    if (const auto left = time_left(*head_, now)) {
        wait_until_ = std::min(wait_until_, now.steady + *left);
    }
    if (wait_until_ > now.steady) return Action::wait;
    head_.reset();  // its time is up: fetch it, so that it is settled
    return Action::fetch;
}

std::span<const Delivery> DeliveryPlan::page() const noexcept {
    const std::span<const Delivery> whole(page_);
    return alone_ && !whole.empty() ? whole.first(1) : whole;
}

void DeliveryPlan::settled() { settlements_.clear(); }

void DeliveryPlan::fetched(std::vector<Delivery> due, bool full) {
    assert(page_.empty());
    page_ = std::move(due);
    full_ = full;
    idle_ = page_.empty();
    forget_tries_of_erased();
}

// An event that was tried and is not in this page was erased or waits behind newer ones. Which of the two
// hardly matters, as long as these counts do not accumulate.
void DeliveryPlan::forget_tries_of_erased() {
    if (!page_.empty() && tries_.size() <= tries_max) return;
    std::erase_if(tries_, [this](const auto& tries) {
        return std::none_of(page_.begin(), page_.end(),
                            [&](const Delivery& delivery) { return delivery.sequence == tries.first; });
    });
}

std::vector<std::uint64_t> DeliveryPlan::let_go(const std::function<bool(std::uint64_t)>& goes) {
    std::erase_if(page_, [&](const Delivery& delivery) { return goes(delivery.sequence); });
    std::vector<std::uint64_t> tried;
    for (const auto& [sequence, tries] : tries_) {
        if (goes(sequence)) tried.push_back(sequence);
    }
    return tried;
}

void DeliveryPlan::tried(std::span<const Outcome> outcomes, const Moment& now) {
    assert(outcomes.size() <= page().size());
    gather_until_ = now.steady + policy_.gather;
    if (outcomes.empty()) return;
    judge_receiver(outcomes, now);
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        apply(outcomes[index], page_[index], now);
    }
    note_tried(outcomes, now);
    drop_settled();
    if (now.steady < not_before_) let_go_of_page();
}

void DeliveryPlan::note_tried(std::span<const Outcome> outcomes, const Moment& now) {
    const auto pause = std::max(not_before_ - now.steady, std::chrono::steady_clock::duration(0));
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        const auto tries = tries_.find(page_[index].sequence);
        if (outcomes[index].kind == Outcome::Kind::delivered || tries == tries_.end()) continue;
        std::erase_if(tried_in_vain_, [&](const auto& one) { return one.sequence == tries->first; });
        tried_in_vain_.push_back({.sequence = tries->first,
                                  .kind = journal::Settlement::Kind::tried,
                                  .attempts = tries->second.attempts,
                                  .reason = outcomes[index].reason,
                                  .id = {},
                                  .next_try = now.journal + std::chrono::ceil<Instant::duration>(pause)});
    }
}

void DeliveryPlan::resume(const std::vector<journal::Reader::Tried>& tried) {
    for (const auto& one : tried) tries_[one.sequence].attempts = one.attempts;
}

// settlements_ are in the order of the page.
void DeliveryPlan::drop_settled() {
    auto settled = settlements_.begin();
    auto kept = page_.begin();
    for (Delivery& delivery : page_) {
        if (settled != settlements_.end() && settled->sequence == delivery.sequence) {
            ++settled;
        } else {
            *kept++ = std::move(delivery);
        }
    }
    page_.erase(kept, page_.end());
}

void DeliveryPlan::judge_receiver(std::span<const Outcome> outcomes, const Moment& now) {
    const auto failure = std::find_if(outcomes.begin(), outcomes.end(),
                                      [](const Outcome& outcome) { return is_failure(outcome.kind); });
    const bool alive = std::any_of(outcomes.begin(), outcomes.end(),
                                   [](const Outcome& outcome) { return !is_failure(outcome.kind); });
    if (alive) {
        failing_.reset();
        breaker_.alive();
    }
    alone_ = !alive;
    if (failure == outcomes.end()) return;
    if (!failing_) failing_ = Failing{.since = now.steady, .in_a_row = 0, .reason = {}};
    ++failing_->in_a_row;
    failing_->reason = failure->reason;
    breaker_.failed(failing_->in_a_row, now.steady - failing_->since, failure->kind == Outcome::Kind::gone);
}

void DeliveryPlan::let_go_of_page() {
    if (page_.empty()) return;
    const Delivery& first = page_.front();
    head_ = Head{first.sequence, first.counted_from, first.again};
    page_.clear();
}

void DeliveryPlan::apply(const Outcome& outcome, const Delivery& delivery, const Moment& now) {
    if (outcome.kind == Outcome::Kind::delivered) return settle(delivery, true, {});
    Tries& tries = tries_[delivery.sequence];
    ++tries.attempts;
    switch (outcome.kind) {
        case Outcome::Kind::delivered: break;
        case Outcome::Kind::poison:
            if (++tries.refusals < policy_.poison_tries) {
                wait(tries.refusals, outcome, now);
            } else {
                settle(delivery, false,
                       "refused " + std::to_string(tries.refusals) + " times: " + outcome.reason);
            }
            break;
        // One event may fail for ever while others get through: its own attempts count too.
        case Outcome::Kind::retry:
        case Outcome::Kind::gone: wait(std::max(failing_->in_a_row, tries.attempts), outcome, now); break;
    }
}

void DeliveryPlan::wait(unsigned failures, const Outcome& outcome, const Moment& now) {
    auto pause = breaker_.wait(backoff(policy_.backoff, failures, chance_(), outcome.retry_after));
    if (outcome.kind == Outcome::Kind::gone) pause = std::max(pause, policy_.gone_pause);
    not_before_ = std::max(not_before_, now.steady + pause);
}

void DeliveryPlan::settle(const Delivery& delivery, bool delivered, std::string reason) {
    using Kind = journal::Settlement::Kind;
    const auto tries = tries_.find(delivery.sequence);
    settlements_.push_back({.sequence = delivery.sequence,
                            .kind = delivered ? Kind::delivered : Kind::dead,
                            .attempts = (tries == tries_.end() ? 0 : tries->second.attempts) + delivered,
                            .reason = std::move(reason),
                            .id = delivered ? std::string() : delivery.event->id});
    if (tries != tries_.end()) tries_.erase(tries);
}

void DeliveryPlan::give_up_the_old(const Moment& now) {
    if (!failing_) return;
    std::erase_if(page_, [&](const Delivery& delivery) {
        const auto left = time_left({delivery.sequence, delivery.counted_from, delivery.again}, now);
        if (!left || *left > std::chrono::milliseconds(0)) return false;
        settle(delivery, false, "given up after " + spoken(policy_.max_age) + ": " + failing_->reason);
        return true;
    });
}

// How long the event may still be tried; none while the sink does not fail. A requested redelivery may be
// older than max_age before it begins: it is tried at least once, and then until nothing has got through for
// max_age.
std::optional<std::chrono::milliseconds> DeliveryPlan::time_left(const Head& event, const Moment& now) const {
    if (!failing_) return std::nullopt;
    const auto fails_for = now.steady - failing_->since;
    if (event.again) {
        if (!tries_.contains(event.sequence)) return std::nullopt;
        return std::chrono::ceil<std::chrono::milliseconds>(policy_.max_age - fails_for);
    }
    const auto until_old = policy_.max_age - (now.journal - event.counted_from);
    const auto until_patience_ends = policy_.patience - fails_for;
    const auto left = std::max<std::chrono::nanoseconds>(until_old, until_patience_ends);
    return std::chrono::ceil<std::chrono::milliseconds>(left);
}

}  // namespace chathook::dispatch
