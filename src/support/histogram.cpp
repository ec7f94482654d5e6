#include "support/histogram.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <limits>
#include <utility>

namespace chathook {

LockFreeHistogram::LockFreeHistogram(std::string name, std::string help,
                                     std::vector<std::uint64_t> upper_bounds, double units_per_one)
    : name_(std::move(name)),
      help_(std::move(help)),
      upper_bounds_(std::move(upper_bounds)),
      units_per_one_(units_per_one),
      counts_(std::make_unique<std::atomic<std::uint64_t>[]>(upper_bounds_.size() + 1)) {
    assert(std::is_sorted(upper_bounds_.begin(), upper_bounds_.end()));
}

void LockFreeHistogram::observe(std::uint64_t value) noexcept {
    // `le`: a value equal to a bound belongs to that bound.
    const auto bound = std::lower_bound(upper_bounds_.begin(), upper_bounds_.end(), value);
    const auto bucket = static_cast<std::size_t>(bound - upper_bounds_.begin());
    sum_.fetch_add(value, std::memory_order_relaxed);
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
}

std::vector<prometheus::MetricFamily> LockFreeHistogram::Collect() const {
    prometheus::ClientMetric metric;
    auto& histogram = metric.histogram;
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i <= upper_bounds_.size(); ++i) {
        cumulative += counts_[i].load(std::memory_order_relaxed);
        const double bound = i < upper_bounds_.size() ? static_cast<double>(upper_bounds_[i]) / units_per_one_
                                                      : std::numeric_limits<double>::infinity();
        histogram.bucket.push_back({cumulative, bound});
    }
    histogram.sample_count = cumulative;
    histogram.sample_sum = static_cast<double>(sum_.load(std::memory_order_relaxed)) / units_per_one_;

    prometheus::MetricFamily family;
    family.name = name_;
    family.help = help_;
    family.type = prometheus::MetricType::Histogram;
    family.metric.push_back(std::move(metric));
    return {std::move(family)};
}

}  // namespace chathook
