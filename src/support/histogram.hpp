// A lock-free Prometheus histogram: prometheus-cpp's own takes a mutex for each observation, on which every
// request of every thread would contend. Observing and collecting: any thread.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace chathook {

class LockFreeHistogram final : public prometheus::Collectable {
public:
    // Values and upper bounds (ascending) are whole units; the exposition divides them by `units_per_one`, so
    // that nanoseconds come out as seconds.
    LockFreeHistogram(std::string name, std::string help, std::vector<std::uint64_t> upper_bounds,
                      double units_per_one);

    void observe(std::uint64_t value) noexcept;

    const std::vector<std::uint64_t>& upper_bounds() const noexcept { return upper_bounds_; }

    // Of each bucket alone; the last counts values above all bounds.
    std::vector<std::uint64_t> counts() const {
        return {counts_.get(), counts_.get() + upper_bounds_.size() + 1};
    }

    // One family with one metric. A concurrent observation may be in the sum and not yet in a bucket.
    std::vector<prometheus::MetricFamily> Collect() const override;

private:
    const std::string name_;
    const std::string help_;
    const std::vector<std::uint64_t> upper_bounds_;
    const double units_per_one_;
    const std::unique_ptr<std::atomic<std::uint64_t>[]>
        counts_;  // one more than bounds: the last counts values above all of them
    std::atomic<std::uint64_t> sum_{0};
};

}  // namespace chathook
