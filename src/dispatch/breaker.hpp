// When a sink that fails is left alone: after some failures in a row the breaker opens, and from then on the
// sink gets a single delivery now and then, as a probe, until one gets through. Pure; one thread at a time.
#pragma once

#include <algorithm>
#include <chrono>

namespace chathook::dispatch {

struct BreakerPolicy {
    // A receiver that restarts answers again before: with the usual backoff five failures take 15 s in the
    // mean and 31 s at most. 0: it never opens.
    unsigned failures = 5;

    // A receiver that hangs takes its time to fail: two failures are enough when nothing has got through for
    // so long.
    std::chrono::milliseconds silence{30'000};

    // Between two probes at least. Short, because one request hurts nobody and the backlog waits for it.
    std::chrono::milliseconds pause{5'000};
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

    // Something is about to be delivered. While the breaker is open that is one event alone.
    void probing() noexcept {
        if (state_ == State::open) state_ = State::half_open;
    }

    // The receiver took an event, or refused one that it understood: it is there.
    void alive() noexcept { state_ = State::closed; }

    // An attempt failed, the `in_a_row`th since something got through, and for `silence` now; `gone`: and the
    // receiver said that it is no longer there.
    void failed(unsigned in_a_row, std::chrono::nanoseconds silence, bool gone) noexcept {
        const bool enough = in_a_row >= policy_.failures || (in_a_row > 1 && silence >= policy_.silence);
        if (is_open() || (policy_.failures > 0 && enough) || gone) state_ = State::open;
    }

    // How long to wait before the next attempt, where backoff and Retry-After say `drawn`.
    std::chrono::milliseconds wait(std::chrono::milliseconds drawn) const noexcept {
        return is_open() ? std::max(policy_.pause, drawn) : drawn;
    }

private:
    BreakerPolicy policy_;
    State state_ = State::closed;
};

}  // namespace chathook::dispatch
