#include "ingest/failure_limit.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace chathook {

namespace {

using ingest::FailureLimit;
using namespace std::chrono_literals;

const FailureLimit::Time start{1h};

}  // namespace

TEST_CASE("a client may fail as often as the burst allows at once, and then as often as the rate",
          "[ingest]") {
    FailureLimit limit({.burst = 3, .per_minute = 30});
    for (int i = 0; i < 3; ++i) CHECK_FALSE(limit.over("203.0.113.9", start));
    CHECK(limit.over("203.0.113.9", start) == 2s);
    CHECK(limit.over("203.0.113.9", start + 1s) == 1s);
    CHECK(limit.over("203.0.113.9", start + 1999ms) == 1s);
    CHECK_FALSE(limit.over("203.0.113.9", start + 2s));
    CHECK(limit.over("203.0.113.9", start + 2s) == 2s);
    for (int i = 0; i < 3; ++i) CHECK_FALSE(limit.over("203.0.113.9", start + 1min));
    CHECK(limit.over("203.0.113.9", start + 1min));
}

TEST_CASE("a limited failure does not delay the time of the next allowed one", "[ingest]") {
    FailureLimit limit({.burst = 1, .per_minute = 60});
    CHECK_FALSE(limit.over("203.0.113.9", start));
    for (int i = 1; i < 100; ++i) CHECK(limit.over("203.0.113.9", start + i * 1ms) == 1s);
    CHECK_FALSE(limit.over("203.0.113.9", start + 1s));
}

TEST_CASE("spent() reports whether a client is over its rate without counting a failure", "[ingest]") {
    FailureLimit limit({.burst = 2, .per_minute = 60});
    for (int i = 0; i < 10; ++i) CHECK_FALSE(limit.spent("203.0.113.9", start));
    CHECK_FALSE(limit.over("203.0.113.9", start));
    CHECK_FALSE(limit.spent("203.0.113.9", start));
    CHECK_FALSE(limit.over("203.0.113.9", start));
    CHECK(limit.spent("203.0.113.9", start));
    CHECK_FALSE(limit.spent("203.0.113.10", start));
    CHECK_FALSE(limit.spent("203.0.113.9", start + 1s));
    CHECK_FALSE(limit.spent("no address", start));
}

TEST_CASE("asking about other clients evicts no client", "[ingest]") {
    FailureLimit limit({.burst = 1, .per_minute = 1});
    CHECK_FALSE(limit.over("203.0.113.9", start));
    for (int i = 0; i < 100'000; ++i) {
        limit.spent("10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
                        std::to_string(i & 255),
                    start);
    }
    CHECK(limit.spent("203.0.113.9", start));
}

TEST_CASE("each client is limited separately: an IPv4 address or an IPv6 /64", "[ingest]") {
    FailureLimit limit({.burst = 1, .per_minute = 1});
    CHECK_FALSE(limit.over("203.0.113.9", start));
    CHECK(limit.over("203.0.113.9", start));
    CHECK_FALSE(limit.over("203.0.113.10", start));
    CHECK_FALSE(limit.over("2001:db8:0:1::1", start));
    CHECK(limit.over("2001:db8:0:1::2", start));
    CHECK(limit.over("2001:db8:0:1:ffff:ffff:ffff:ffff", start));
    CHECK_FALSE(limit.over("2001:db8:0:2::1", start));
    CHECK_FALSE(limit.over("::1", start));
    CHECK(limit.over("::1", start));
}

TEST_CASE("a client without an address is not limited", "[ingest]") {
    FailureLimit limit({.burst = 1, .per_minute = 1});
    for (const char* client : {"unix", "", "203.0.113", "203.0.113.9 "}) {
        INFO(client);
        for (int i = 0; i < 3; ++i) CHECK_FALSE(limit.over(client, start));
    }
}

TEST_CASE("beyond clients_max, the clients that failed least are evicted", "[ingest]") {
    FailureLimit limit({.burst = 10, .per_minute = 1});
    for (int i = 0; i < 10; ++i) CHECK_FALSE(limit.over("203.0.113.9", start));
    for (unsigned i = 0; i < 20 * FailureLimit::clients_max; ++i) {
        const std::string client = "10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 0xff) +
                                   "." + std::to_string(i & 0xff);
        CHECK_FALSE(limit.over(client, start));
    }
    CHECK(limit.over("203.0.113.9", start));
}

}  // namespace chathook
