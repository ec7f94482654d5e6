// What one sink does next, as a state machine without I/O: fetch a page of due events, deliver it, settle
// what came of it, or wait. Order, retries, backoff, age and dead letters are decided here and nowhere else.
// Both clocks and chance are handed in, so it is tested in virtual time. One thread at a time.
//
// Events are tried in the order of the page, which is the journal's, with what is to be delivered once more
// behind what waits for the first time. The first that fails is tried again before any later one. A receiver
// that fails (retry, gone) makes the sink wait and is then asked with one event alone, until something gets
// through; an event that the receiver refuses (poison) is tried poison_tries times, then it is dead and the
// next one follows. While the plan waits it holds no event: the page is fetched anew, so that what was erased
// from the journal meanwhile is not delivered.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <chathook/sink.hpp>

#include "dispatch/backoff.hpp"
#include "dispatch/breaker.hpp"

namespace chathook::dispatch {

struct DeliveryPolicy {
    BackoffPolicy backoff;
    BreakerPolicy breaker;
    std::chrono::milliseconds max_age{72ll * 3'600'000};  // since receipt; then the dead letters
    unsigned poison_tries = 3;
    std::chrono::milliseconds gone_pause{3'600'000};  // after a 410

    // From one delivery to the next page while pages are not full, so that what keeps coming goes in batches.
    // An event that comes alone does not wait.
    std::chrono::milliseconds gather{0};

    // However old an event is, it is not given up before the sink has failed for this long without a break: a
    // daemon that comes back after a week may find the network a minute later, and a clock may be set wrong.
    std::chrono::milliseconds patience{10 * 60'000};
};

// Both clocks at one instant: age is counted on the wall clock, waits on the steady one.
struct Moment {
    std::chrono::steady_clock::time_point steady;
    Instant wall;
};

class DeliveryPlan {
public:
    using Chance = std::function<double()>;  // uniform in [0, 1)

    DeliveryPlan(const DeliveryPolicy& policy, Chance chance);

    enum class Action {
        settle,   // record settlements(), then call settled()
        fetch,    // read the due events from the first on, then call fetched()
        deliver,  // hand page() to the sink, then call tried()
        gather,   // until wait_until(), for more to come
        wait,     // until wait_until(), or until somebody asks for a try: hurry()
        idle,     // nothing is due: until a commit, then call woken()
    };
    Action next(const Moment& now);

    struct Settled {
        std::uint64_t sequence = 0;
        bool delivered = true;  // false: a dead letter
        unsigned attempts = 0;
        std::string reason;
        std::string id;  // of a dead letter
    };
    const std::vector<Settled>& settlements() const noexcept { return settlements_; }
    std::span<const Delivery> page() const noexcept;  // what to deliver now: one event of a failing sink
    std::chrono::steady_clock::time_point wait_until() const noexcept { return wait_until_; }

    void settled();
    void fetched(std::vector<Delivery> due, bool full = false);  // full: there may be more
    void tried(std::span<const Outcome> outcomes, const Moment& now);
    void woken() noexcept { idle_ = false; }

    // Ends a wait: the next attempt is made now, and what comes of it counts like any other.
    void hurry() noexcept { not_before_ = {}; }

    // Set while the sink fails: since when nothing got through, how often in a row, and the last reason.
    struct Failing {
        std::chrono::steady_clock::time_point since;
        unsigned in_a_row = 0;
        std::string reason;
    };
    const std::optional<Failing>& failing() const noexcept { return failing_; }
    const Breaker& breaker() const noexcept { return breaker_; }

private:
    // Of an event that was tried and is not settled.
    struct Tries {
        unsigned attempts = 0;
        unsigned refusals = 0;
    };

    // Of the event that waits for its next attempt.
    struct Head {
        std::uint64_t sequence = 0;
        Instant received;
        bool again = false;
    };

    void judge_receiver(std::span<const Outcome> outcomes, const Moment& now);
    void apply(const Outcome& outcome, const Delivery& delivery, const Moment& now);
    void wait(unsigned failures, const Outcome& outcome, const Moment& now);
    void settle(const Delivery& delivery, bool delivered, std::string reason);
    void let_go_of_page();
    void drop_settled();
    void give_up_the_old(const Moment& now);
    void forget_tries_of_erased();
    std::optional<std::chrono::milliseconds> time_left(const Head& event, const Moment& now) const;

    DeliveryPolicy policy_;
    Chance chance_;
    std::vector<Delivery> page_;  // unsettled, as it was fetched
    std::vector<Settled> settlements_;
    std::map<std::uint64_t, Tries> tries_;  // by sequence; at most tries_max and what is in the page
    std::optional<Failing> failing_;
    Breaker breaker_;
    bool alone_ = false;  // of the last attempt nothing got through: the next one is with one event
    std::chrono::steady_clock::time_point not_before_{};  // no attempt earlier
    std::chrono::steady_clock::time_point wait_until_{};
    std::chrono::steady_clock::time_point gather_until_{};
    bool full_ = false;         // the last page
    std::optional<Head> head_;  // what waits for its next attempt
    bool idle_ = false;
};

}  // namespace chathook::dispatch
