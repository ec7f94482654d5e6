// How a failing sink is treated. The configuration names the backoff, the breaker and max_age
// (sinks.NAME.retry); the rest is fixed. Plain values; set before the sink starts.
#pragma once

#include <chrono>

#include "dispatch/backoff.hpp"
#include "dispatch/breaker.hpp"

namespace chathook::dispatch {

struct DeliveryPolicy {
    BackoffPolicy backoff;
    BreakerPolicy breaker;
    std::chrono::milliseconds max_age{72ll * 3'600'000};  // since receipt; then it becomes a dead letter
    unsigned poison_tries = 3;
    std::chrono::milliseconds gone_pause{3'600'000};  // after a 410

    // Minimum from one delivery to the next page while pages are not full, so that a stream of events is
    // delivered in batches. A single event does not wait.
    std::chrono::milliseconds gather{0};

    // However old an event is, it is not given up before the sink has failed continuously for this long: a
    // daemon that starts after a week may find the network only a minute later.
    std::chrono::milliseconds patience{10 * 60'000};

    friend bool operator==(const DeliveryPolicy&, const DeliveryPolicy&) = default;
};

}  // namespace chathook::dispatch
