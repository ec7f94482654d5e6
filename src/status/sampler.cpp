#include "status/sampler.hpp"

#include <stop_token>

#include "support/threads.hpp"

namespace chathook::status {

using std::chrono::steady_clock;

Sampler::Sampler(const Metrics& metrics, std::chrono::milliseconds every)
    : metrics_(metrics), window_(steady_clock::now(), metrics.counts()) {
    thread_ = start_thread("status-samples", [this, every](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        for (auto next = steady_clock::now() + every;; next += every) {
            stopped_.wait_until(lock, stop, next, [] { return false; });
            if (stop.stop_requested()) return;
            window_.add(steady_clock::now(), metrics_.counts());
        }
    });
}

// Ends the thread before what it uses: members are destroyed in reverse, so it would be the first anyway.
Sampler::~Sampler() {
    thread_.request_stop();
    thread_.join();
}

Hour Sampler::last(std::chrono::minutes length, const MetricCounts& counts) const {
    const std::lock_guard lock(mutex_);
    return window_.last(length, steady_clock::now(), counts);
}

std::size_t Sampler::samples() const {
    const std::lock_guard lock(mutex_);
    return window_.samples();
}

}  // namespace chathook::status
