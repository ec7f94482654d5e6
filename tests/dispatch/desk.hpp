// A delivery plan with a manual clock and no randomness: every wait is the longest possible. One thread.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dispatch/delivery_plan.hpp"
#include "support/deliveries.hpp"

namespace chathook::test {

inline const Instant start_of_time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};

class Desk {
public:
    using Action = dispatch::DeliveryPlan::Action;

    explicit Desk(dispatch::DeliveryPolicy policy = {}) : plan(policy, [] { return 0.9999999; }) {}

    Action next() { return plan.next(now); }

    // What the plan does next with `due` in the journal.
    Action offer(std::vector<Delivery> due) {
        if (next() == Action::fetch) plan.fetched(std::move(due));
        return next();
    }

    void try_with(std::vector<Outcome> outcomes) {
        REQUIRE(next() == Action::deliver);
        plan.tried(outcomes, now);
    }

    // What the plan settles now, as "1 2 dead:3".
    std::string settle() {
        std::string text;
        while (next() == Action::settle) {
            for (const auto& one : plan.settlements()) {
                if (!text.empty()) text += ' ';
                text += (one.delivered() ? "" : "dead:") + std::to_string(one.sequence);
                last_reason = one.reason;
                last_attempts = one.attempts;
            }
            plan.settled();
        }
        return text;
    }

    void pass(std::chrono::milliseconds time) {
        now.steady += time;
        now.journal += time;
    }

    std::chrono::milliseconds wait() {
        REQUIRE(next() == Action::wait);
        return std::chrono::ceil<std::chrono::milliseconds>(plan.wait_until() - now.steady);
    }

    dispatch::DeliveryPlan plan;
    dispatch::Moment now{std::chrono::steady_clock::time_point(std::chrono::hours(100)), start_of_time};
    std::string last_reason;
    unsigned last_attempts = 0;
};

// Events first..last, all received at the same time.
inline std::vector<Delivery> events(std::uint64_t first, std::uint64_t last,
                                    Instant received = start_of_time) {
    std::vector<Delivery> deliveries;
    for (std::uint64_t number = first; number <= last; ++number) {
        Event event = numbered_event(number);
        deliveries.push_back({number, 1, std::make_shared<const Event>(std::move(event))});
        deliveries.back().counted_from = received;
    }
    return deliveries;
}

// The same events as requested redeliveries, behind `waiting`.
inline std::vector<Delivery> again_behind(std::vector<Delivery> waiting, std::uint64_t first,
                                          std::uint64_t last, Instant received = start_of_time) {
    for (Delivery& delivery : events(first, last, received)) {
        delivery.again = true;
        waiting.push_back(std::move(delivery));
    }
    return waiting;
}

inline Outcome delivered() { return {}; }
inline Outcome retry(std::optional<std::chrono::milliseconds> after = {}) {
    return {Outcome::Kind::retry, "HTTP 503", after};
}
inline Outcome poison() { return {Outcome::Kind::poison, "HTTP 422", {}}; }
inline Outcome gone() { return {Outcome::Kind::gone, "HTTP 410", {}}; }

}  // namespace chathook::test
