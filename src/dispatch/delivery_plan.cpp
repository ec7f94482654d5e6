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

bool is_failure(Outcome::Kind kind) { return kind == Outcome::Kind::retry || kind == Outcome::Kind::gone; }

}  // namespace

DeliveryPlan::DeliveryPlan(const DeliveryPolicy& policy, Chance chance)
    : policy_(policy), chance_(std::move(chance)) {
    assert(policy_.poison_tries > 0);
    policy_.patience = std::min(policy_.patience, policy_.max_age);
}

DeliveryPlan::Action DeliveryPlan::next(const Moment& now) {
    give_up_the_old(now);
    if (!settlements_.empty()) return Action::settle;
    if (idle_) return Action::idle;
    if (now.steady >= not_before_) {
        head_received_.reset();
        if (page_.empty()) return Action::fetch;
        for (Delivery& delivery : page_) {
            const auto tries = tries_.find(delivery.sequence);
            delivery.attempt = 1 + (tries == tries_.end() ? 0 : tries->second.attempts);
        }
        return Action::deliver;
    }

    let_go_of_page();
    if (!head_received_) return Action::fetch;
    wait_until_ = not_before_;
    if (const auto left = time_left(*head_received_, now)) {
        wait_until_ = std::min(wait_until_, now.steady + *left);
    }
    if (wait_until_ > now.steady) return Action::wait;
    head_received_.reset();  // its time is up: fetch it, to settle it
    return Action::fetch;
}

void DeliveryPlan::settled() { settlements_.clear(); }

void DeliveryPlan::fetched(std::vector<Delivery> due) {
    assert(page_.empty());
    page_ = std::move(due);
    idle_ = page_.empty();

    // What was tried, stands no longer in the journal and would have been in this page has been erased.
    const auto erased = [this](std::uint64_t sequence) {
        if (page_.empty()) return true;
        return sequence <= page_.back().sequence &&
               std::none_of(page_.begin(), page_.end(),
                            [&](const Delivery& delivery) { return delivery.sequence == sequence; });
    };
    std::erase_if(tries_, [&](const auto& tries) { return erased(tries.first); });
}

void DeliveryPlan::tried(std::span<const Outcome> outcomes, const Moment& now) {
    assert(outcomes.size() <= page_.size());
    if (outcomes.empty()) return;
    const auto failure = std::find_if(outcomes.begin(), outcomes.end(),
                                      [](const Outcome& outcome) { return is_failure(outcome.kind); });
    if (failure == outcomes.end()) {
        failing_.reset();
    } else {
        if (!failing_) failing_ = Failing{.since = now.steady, .in_a_row = 0, .reason = {}};
        ++failing_->in_a_row;
        failing_->reason = failure->reason;
    }
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        apply(outcomes[index], page_[index], now);
    }
    std::erase_if(page_, [this](const Delivery& delivery) {
        return std::any_of(settlements_.begin(), settlements_.end(),
                           [&](const Settled& settled) { return settled.sequence == delivery.sequence; });
    });
    if (now.steady < not_before_) let_go_of_page();
}

void DeliveryPlan::let_go_of_page() {
    if (page_.empty()) return;
    head_received_ = page_.front().event->received;
    page_.clear();
}

void DeliveryPlan::apply(const Outcome& outcome, const Delivery& delivery, const Moment& now) {
    Tries& tries = tries_[delivery.sequence];
    ++tries.attempts;
    const auto wait = [&](unsigned failures) {
        return backoff(policy_.backoff, failures, chance_(), outcome.retry_after);
    };
    switch (outcome.kind) {
        case Outcome::Kind::delivered: settle(delivery, true, {}); break;
        case Outcome::Kind::poison:
            if (++tries.refusals < policy_.poison_tries) {
                not_before_ = std::max(not_before_, now.steady + wait(tries.refusals));
            } else {
                settle(delivery, false,
                       "refused " + std::to_string(tries.refusals) + " times: " + outcome.reason);
            }
            break;
        case Outcome::Kind::retry:
            not_before_ = std::max(not_before_, now.steady + wait(failing_->in_a_row));
            break;
        case Outcome::Kind::gone:
            not_before_ =
                std::max(not_before_, now.steady + std::max(policy_.gone_pause, wait(failing_->in_a_row)));
            break;
    }
}

void DeliveryPlan::settle(const Delivery& delivery, bool delivered, std::string reason) {
    const auto tries = tries_.find(delivery.sequence);
    settlements_.push_back({.sequence = delivery.sequence,
                            .delivered = delivered,
                            .attempts = tries == tries_.end() ? 0 : tries->second.attempts,
                            .reason = std::move(reason),
                            .id = delivery.event->id});
    if (tries != tries_.end()) tries_.erase(tries);
}

void DeliveryPlan::give_up_the_old(const Moment& now) {
    if (!failing_) return;
    std::erase_if(page_, [&](const Delivery& delivery) {
        if (*time_left(delivery.event->received, now) > std::chrono::milliseconds(0)) return false;
        settle(delivery, false, "given up after " + spoken(policy_.max_age) + ": " + failing_->reason);
        return true;
    });
}

// How long an event of that age may still be tried; none while the sink does not fail.
std::optional<std::chrono::milliseconds> DeliveryPlan::time_left(Instant received, const Moment& now) const {
    if (!failing_) return std::nullopt;
    const auto until_old = policy_.max_age - (now.wall - received);
    const auto until_patience_ends = policy_.patience - (now.steady - failing_->since);
    const auto left = std::max<std::chrono::nanoseconds>(until_old, until_patience_ends);
    return std::chrono::ceil<std::chrono::milliseconds>(left);
}

}  // namespace chathook::dispatch
