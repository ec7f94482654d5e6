#include "dispatch/backoff.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace std::chrono_literals;
using chathook::dispatch::backoff;
using chathook::dispatch::backoff_ceiling;
using chathook::dispatch::BackoffPolicy;

TEST_CASE("the longest wait doubles with each failure up to the maximum") {
    const BackoffPolicy policy{1s, 15min};
    struct Row {
        unsigned failures;
        std::chrono::milliseconds ceiling;
    };
    for (const Row& row : {Row{1, 1s},
                           {2, 2s},
                           {3, 4s},
                           {4, 8s},
                           {10, 512s},
                           {11, 15min},
                           {12, 15min},
                           {std::numeric_limits<unsigned>::max(), 15min}}) {
        CAPTURE(row.failures);
        CHECK(backoff_ceiling(policy, row.failures) == row.ceiling);
    }
    CHECK(backoff_ceiling({5s, 3s}, 1) == 3s);
}

TEST_CASE("the wait is chosen at random between 1 ms and the longest") {
    const BackoffPolicy policy{1s, 15min};
    CHECK(backoff(policy, 4, 0.0, {}) == 1ms);
    CHECK(backoff(policy, 4, 0.5, {}) == 4001ms);
    CHECK(backoff(policy, 4, 0.9999, {}) <= 8s);
}

TEST_CASE("a receiver's Retry-After lengthens the wait, never shortens it, and is limited to an hour") {
    const BackoffPolicy policy{1s, 15min};
    CHECK(backoff(policy, 1, 0.5, 120s) == 120s);
    CHECK(backoff(policy, 10, 0.5, 1s) == 256001ms);
    CHECK(backoff(policy, 1, 0.5, 24h * 365) == 1h);
    CHECK(backoff(policy, 1, 0.5, -5s) == 501ms);
}
