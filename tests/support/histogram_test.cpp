#include "support/histogram.hpp"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using chathook::LockFreeHistogram;

namespace {

std::vector<std::uint64_t> cumulative_counts(const LockFreeHistogram& histogram) {
    const auto families = histogram.Collect();
    std::vector<std::uint64_t> counts;
    for (const auto& bucket : families.at(0).metric.at(0).histogram.bucket) {
        counts.push_back(bucket.cumulative_count);
    }
    return counts;
}

}  // namespace

TEST_CASE("a value at a bucket's upper bound belongs to that bucket") {
    LockFreeHistogram histogram("x", "X.", {10, 20}, 1);
    for (const std::uint64_t value : {0, 10, 11, 20, 21, 1'000'000}) histogram.observe(value);
    CHECK(cumulative_counts(histogram) == std::vector<std::uint64_t>{2, 4, 6});
}

TEST_CASE("a histogram shows count, sum and bounds in the unit of its name") {
    LockFreeHistogram histogram("x_seconds", "X.", {1'000'000'000}, 1e9);
    histogram.observe(250'000'000);
    histogram.observe(2'000'000'000);
    const auto family = histogram.Collect().at(0);
    CHECK(family.name == "x_seconds");
    CHECK(family.help == "X.");
    CHECK(family.type == prometheus::MetricType::Histogram);
    const auto& shown = family.metric.at(0).histogram;
    CHECK(shown.sample_count == 2);
    CHECK(shown.sample_sum == Approx(2.25));
    CHECK(shown.bucket.at(0).upper_bound == Approx(1.0));
    CHECK(shown.bucket.at(0).cumulative_count == 1);
}

TEST_CASE("concurrent observations are all counted") {
    LockFreeHistogram histogram("x", "X.", {1}, 1);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 5000; ++n) histogram.observe(n % 2 == 0 ? 1 : 2);
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(cumulative_counts(histogram) == std::vector<std::uint64_t>{10'000, 20'000});
    CHECK(histogram.Collect().at(0).metric.at(0).histogram.sample_sum == Approx(30'000));
}

TEST_CASE("each bucket tells its own count, the last that of all larger values") {
    LockFreeHistogram histogram("x", "X.", {10, 20}, 1);
    for (const std::uint64_t value : {1, 10, 11, 21, 22, 23}) histogram.observe(value);
    CHECK(histogram.upper_bounds() == std::vector<std::uint64_t>{10, 20});
    CHECK(histogram.counts() == std::vector<std::uint64_t>{2, 1, 3});
}
