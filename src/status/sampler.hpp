// Takes a sample of the counters once a minute, on a thread of its own, so that "the last hour" can be told
// at any time. The steady clock decides; a wall clock that is set changes nothing. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

#include "status/report.hpp"
#include "status/window.hpp"
#include "support/metrics.hpp"

namespace chathook::status {

class Sampler {
public:
    // `metrics` outlives this.
    explicit Sampler(const Metrics& metrics, std::chrono::milliseconds every = std::chrono::minutes(1));
    ~Sampler();
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;

    // What was counted in the time before now, whose counts are passed in.
    Hour last(std::chrono::minutes length, const MetricCounts& counts) const;

    std::size_t samples() const;

private:
    const Metrics& metrics_;
    mutable std::mutex mutex_;  // guards the window, and is what the thread sleeps with
    std::condition_variable_any stopped_;
    Window window_;
    std::jthread thread_;
};

}  // namespace chathook::status
