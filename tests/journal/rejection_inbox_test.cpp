#include "journal/rejection_inbox.hpp"

#include <catch2/catch.hpp>

#include <thread>

#include "journal/fixture.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;

namespace {

Rejection with_raw(std::size_t bytes) {
    Rejection rejection;
    rejection.raw = std::string(bytes, 'x');
    return rejection;
}

}  // namespace

TEST_CASE("an inbox takes 256 refused requests and counts the rest") {
    RecordingMetrics metrics;
    RejectionInbox inbox(metrics);
    CHECK(inbox.empty());
    for (int at = 0; at < 300; ++at) inbox.put({});
    CHECK_FALSE(inbox.empty());
    CHECK(inbox.unrecorded() == 44);
    CHECK(metrics.unrecorded_ == 44);
    CHECK(inbox.take().size() == 256);
    CHECK(inbox.empty());
    inbox.put({});
    CHECK(inbox.take().size() == 1);
    CHECK(inbox.unrecorded() == 44);
}

TEST_CASE("the raw requests of an inbox are bounded by bytes, and so is what one transaction takes") {
    RecordingMetrics metrics;
    RejectionInbox inbox(metrics);
    for (int at = 0; at < 6; ++at) inbox.put(with_raw(900 << 10));
    std::vector<std::size_t> raw;
    while (!inbox.empty()) {
        const auto taken = inbox.take();
        REQUIRE_FALSE(taken.empty());
        for (const Rejection& rejection : taken) raw.push_back(rejection.raw.size() >> 10);
        CHECK((taken.size() == 1 || taken.front().raw.size() + taken.back().raw.size() <= (1 << 20)));
    }
    CHECK(raw == std::vector<std::size_t>{900, 900, 900, 900, 0, 0});
    inbox.put(with_raw(900 << 10));  // there is room again
    CHECK(inbox.take().front().raw.size() == 900 << 10);
}

TEST_CASE("a list of header names is limited to a kibibyte") {
    RecordingMetrics metrics;
    RejectionInbox inbox(metrics);
    Rejection rejection;
    rejection.header_names = std::string(5000, 'n');
    inbox.put(std::move(rejection));
    CHECK(inbox.take().front().header_names.size() == 1024);
}

TEST_CASE("many threads may refuse requests at the same time") {
    RecordingMetrics metrics;
    RejectionInbox inbox(metrics);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int at = 0; at < 500; ++at) inbox.put({});
        });
    }
    std::size_t taken = 0;
    for (int at = 0; at < 50; ++at) taken += inbox.take().size();
    for (std::thread& thread : threads) thread.join();
    taken += inbox.take().size();
    CHECK(taken + inbox.unrecorded() == 2000);
}
