// A circuit breaker for a failing sink: after some failures in a row it opens, and from then on the sink gets
// a single delivery now and then, as a probe, until one gets through. Pure; one thread at a time.
#pragma once

#include <algorithm>
#include <chrono>

namespace chathook::dispatch {

struct BreakerPolicy {
    // A receiver that merely restarts is back before: with the default backoff five failures take 15 s on
    // average and 31 s at most. 0: the breaker never opens.
    unsigned failures = 5;

    // A receiver that hangs fails slowly: two failures are enough if nothing got through for this long.
    std::chrono::milliseconds silence{30'000};

    // Minimum between two probes. Short, because one request does no harm and the backlog is waiting.
    std::chrono::milliseconds pause{5'000};

    friend bool operator==(const BreakerPolicy&, const BreakerPolicy&) = default;
};

class Breaker {
public:
    enum class State {
        closed,     // deliver
        open,       // wait
        half_open,  // a probe is under way
    };

    explicit Breaker(const BreakerPolicy& policy) : policy_(policy) {}

    State state() const noexcept { return state_; }
    bool is_open() const noexcept { return state_ != State::closed; }

    // A delivery is about to start. While the breaker is open, it is a single event.
    void probing() noexcept {
        if (state_ == State::open) state_ = State::half_open;
    }

    // The receiver accepted an event, or refused one that it understood: it is up.
    void alive() noexcept { state_ = State::closed; }

    // An attempt failed, the `in_a_row`th since something got through, and nothing has for `silence`; `gone`:
    // the receiver said that it is no longer there.
    void failed(unsigned in_a_row, std::chrono::nanoseconds silence, bool gone) noexcept {
        const bool enough = in_a_row >= policy_.failures || (in_a_row > 1 && silence >= policy_.silence);
        if (is_open() || (policy_.failures > 0 && enough) || gone) state_ = State::open;
    }

    // How long to wait before the next attempt, given the wait `drawn` by backoff and Retry-After.
    std::chrono::milliseconds wait(std::chrono::milliseconds drawn) const noexcept {
        return is_open() ? std::max(policy_.pause, drawn) : drawn;
    }

private:
    BreakerPolicy policy_;
    State state_ = State::closed;
};

}  // namespace chathook::dispatch
