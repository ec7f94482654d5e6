// Decides what one sink does next, as a state machine without I/O: fetch a page of due events, deliver it,
// settle the outcomes, or wait. Order, retries, backoff, age and dead letters are decided here and nowhere
// else. Both clocks and chance are passed in, so it is tested in virtual time. One thread at a time.
//
// Events are tried in the order of the page, which is the journal's, with redeliveries behind events that
// wait for their first. The first that fails is tried again before any later one. A receiver that fails
// (retry, gone) makes the sink wait and is then probed with one event alone, until something gets through; an
// event that the receiver refuses (poison) is tried poison_tries times, then becomes a dead letter, and the
// next one follows. While the plan waits it holds no event: the page is fetched again, so that an event
// erased from the journal meanwhile is not delivered.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <chathook/sink.hpp>

#include "dispatch/delivery_policy.hpp"
#include "journal/ledgers.hpp"
#include "journal/reader.hpp"

namespace chathook::dispatch {

// Both clocks at one instant: age is measured on the journal's own clock, waits on the steady one.
struct Moment {
    std::chrono::steady_clock::time_point steady;
    Instant journal;
};

class DeliveryPlan {
public:
    using Chance = std::function<double()>;  // uniform in [0, 1)

    DeliveryPlan(const DeliveryPolicy& policy, Chance chance);

    enum class Action {
        settle,   // record settlements(), then call settled()
        fetch,    // read the due events from the first on, then call fetched()
        deliver,  // hand page() to the sink, then call tried()
        gather,   // wait until wait_until() for more events to come
        wait,     // wait until wait_until(), or until a retry is requested: hurry()
        idle,     // nothing is due: wait for a commit, then call woken()
    };
    Action next(const Moment& now);

    const std::vector<journal::Settlement>& settlements() const noexcept { return settlements_; }
    std::span<const Delivery> page() const noexcept;  // what to deliver now: one event of a failing sink

    // The attempts since the last call that failed and are not the last ones of their events.
    std::vector<journal::Settlement> take_tried() noexcept { return std::exchange(tried_in_vain_, {}); }

    // Before the first call of next(): attempts that were made before a restart.
    void resume(const std::vector<journal::Reader::Tried>& tried);

    std::chrono::steady_clock::time_point wait_until() const noexcept { return wait_until_; }
    // Of a plan that waits, whose waiting event may be given up before.
    std::chrono::steady_clock::time_point next_attempt() const noexcept { return not_before_; }

    void settled();
    void fetched(std::vector<Delivery> due, bool full = false);  // full: more may be due
    void tried(std::span<const Outcome> outcomes, const Moment& now);
    void woken() noexcept { idle_ = false; }

    // Events are being erased: drops those of the page that `goes` selects. Returns the sequences of all
    // selected events of which an attempt has failed, in ascending order.
    std::vector<std::uint64_t> let_go(const std::function<bool(std::uint64_t sequence)>& goes);

    // Events of the page may have been erased: fetches it again, keeping the counts of attempts.
    void refetch() noexcept {
        page_.clear();
        idle_ = false;
    }

    // Ends a wait: the next attempt is made now, and its outcome counts like any other.
    void hurry() noexcept { not_before_ = {}; }

    // Set while the sink fails: since when nothing got through, failures in a row, and the last reason.
    struct Failing {
        std::chrono::steady_clock::time_point since;
        unsigned in_a_row = 0;
        std::string reason;
    };
    const std::optional<Failing>& failing() const noexcept { return failing_; }
    const Breaker& breaker() const noexcept { return breaker_; }

private:
    // Counts for an event that was tried and is not settled.
    struct Tries {
        unsigned attempts = 0;
        unsigned refusals = 0;
    };

    // The event that waits for its next attempt.
    struct Head {
        std::uint64_t sequence = 0;
        Instant counted_from;
        bool again = false;
    };

    void judge_receiver(std::span<const Outcome> outcomes, const Moment& now);
    void apply(const Outcome& outcome, const Delivery& delivery, const Moment& now);
    void note_tried(std::span<const Outcome> outcomes, const Moment& now);
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
    std::vector<journal::Settlement> settlements_;
    std::vector<journal::Settlement> tried_in_vain_;
    std::map<std::uint64_t, Tries> tries_;  // by sequence; at most tries_max beside those in the page
    std::optional<Failing> failing_;
    Breaker breaker_;
    bool alone_ = false;  // nothing of the last attempt got through: try one event next
    std::chrono::steady_clock::time_point not_before_{};  // no attempt before this
    std::chrono::steady_clock::time_point wait_until_{};
    std::chrono::steady_clock::time_point gather_until_{};
    bool full_ = false;         // the last page was full
    std::optional<Head> head_;  // the event that waits for its next attempt
    bool idle_ = false;
};

}  // namespace chathook::dispatch
