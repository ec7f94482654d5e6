// How long to wait after a failure: exponential backoff with full jitter, so that many senders do not all hit
// a receiver in the moment it comes back. Pure: chance is passed in. Any thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace chathook::dispatch {

struct BackoffPolicy {
    std::chrono::milliseconds initial{1'000};
    std::chrono::milliseconds max{15 * 60'000};

    friend bool operator==(const BackoffPolicy&, const BackoffPolicy&) = default;
};

// A receiver's Retry-After is honoured up to this; a longer one is more likely a mistake than intended.
inline constexpr std::chrono::milliseconds retry_after_max{3'600'000};

// The longest wait after `failures` (1 or more) failures in a row: initial, doubled each time, up to max.
constexpr std::chrono::milliseconds backoff_ceiling(const BackoffPolicy& policy, unsigned failures) noexcept {
    std::chrono::milliseconds ceiling = std::min(policy.initial, policy.max);
    for (unsigned failure = 1; failure < failures && ceiling < policy.max; ++failure) {
        ceiling = ceiling > policy.max / 2 ? policy.max : ceiling * 2;
    }
    return ceiling;
}

// A wait from 1 ms to the ceiling, chosen by `chance` in [0, 1); never shorter than what the receiver asked
// for.
constexpr std::chrono::milliseconds backoff(const BackoffPolicy& policy, unsigned failures, double chance,
                                            std::optional<std::chrono::milliseconds> retry_after) noexcept {
    const auto ceiling = static_cast<double>(backoff_ceiling(policy, failures).count());
    const auto drawn = std::chrono::milliseconds(static_cast<long long>(chance * ceiling) + 1);
    return std::max(drawn, std::min(retry_after.value_or(std::chrono::milliseconds(0)), retry_after_max));
}

}  // namespace chathook::dispatch
