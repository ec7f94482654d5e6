#include "support/ids.hpp"

#include <catch2/catch.hpp>
#include <mutex>
#include <regex>
#include <set>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using chathook::Instant;
using chathook::make_event_id;

namespace {

constexpr Instant received{std::chrono::microseconds{1'645'557'742'000'999}};  // RFC 9562, appendix A.6

}  // namespace

TEST_CASE("an event id is a UUID of version 7 in lower case") {
    const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    for (int i = 0; i < 200; ++i) REQUIRE(std::regex_match(make_event_id(received), form));
}

TEST_CASE("an event id begins with the millisecond of receipt") {
    CHECK(make_event_id(received).substr(0, 13) == "017f22e2-79b0");
    CHECK(make_event_id(Instant{}).substr(0, 13) == "00000000-0000");
}

TEST_CASE("a receipt before 1970 is stamped as 1970") {
    CHECK(make_event_id(Instant{} - 1us).substr(0, 13) == "00000000-0000");
}

TEST_CASE("ids sort by time of receipt") {
    std::string earlier = make_event_id(received);
    for (auto later = received + 1ms; later < received + 300ms; later += 1ms) {
        std::string id = make_event_id(later);
        REQUIRE(earlier < id);
        earlier = std::move(id);
    }
}

TEST_CASE("ids of one millisecond are distinct, on one thread and across threads") {
    std::set<std::string> ids;
    std::mutex adding;
    std::vector<std::thread> threads;
    constexpr std::size_t of_each = 2000;  // several blocks of randomness
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            std::vector<std::string> mine;
            for (std::size_t n = 0; n < of_each; ++n) mine.push_back(make_event_id(received));
            const std::lock_guard lock(adding);
            ids.insert(mine.begin(), mine.end());
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(ids.size() == 4 * of_each);
}

TEST_CASE("every random bit of an id takes both values") {
    std::vector<int> ones(74);
    constexpr int ids = 400;
    for (int i = 0; i < ids; ++i) {
        const std::string id = make_event_id(received);
        const std::string digits = id.substr(15, 3) + id.substr(19, 4) + id.substr(24);
        std::size_t bit = 0;
        for (std::size_t at = 0; at < digits.size(); ++at) {
            const int value = std::stoi(digits.substr(at, 1), nullptr, 16);
            const int bits = at == 3 ? 2 : 4;  // the variant takes two of that digit
            for (int shift = bits - 1; shift >= 0; --shift) ones.at(bit++) += (value >> shift) & 1;
        }
        REQUIRE(bit == ones.size());
    }
    // Fewer than 100 of 400 fair coins: once in 10^24.
    for (const int count : ones) CHECK((count > 100 && count < ids - 100));
}
