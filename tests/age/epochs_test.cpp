#include "age/epochs.hpp"

#include <catch2/catch.hpp>

using namespace chathook;
using namespace chathook::age;
using namespace std::chrono_literals;

namespace {
constexpr Instant start_of_time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
}

TEST_CASE("if the wall clock never jumped, an event's age counts from its receipt") {
    Epochs epochs;
    CHECK(epochs.counted_from(1, start_of_time - 3h) == start_of_time - 3h);
    CHECK_FALSE(epochs.admit(2, start_of_time, start_of_time, 0s, start_of_time - 1h));
    CHECK(epochs.counted_from(2, start_of_time) == start_of_time);
    CHECK(epochs.all().size() == 1);
}

TEST_CASE("an event received while the wall clock was wrong is as old as one before and after it") {
    Epochs epochs;
    Instant now = start_of_time;
    CHECK_FALSE(epochs.admit(1, now, now, 0s, now));
    now += 1h;
    CHECK(epochs.admit(2, now + 960h, now, 960h, now));
    CHECK_FALSE(epochs.admit(3, now + 960h + 1s, now + 1s, 960h, now));
    CHECK(epochs.admit(4, now + 4s, now + 4s, 0s, now + 4s));
    CHECK(epochs.counted_from(1, start_of_time) == start_of_time);
    CHECK(epochs.counted_from(2, now + 960h) == now);
    CHECK(epochs.counted_from(3, now + 960h + 1s) == now + 1s);
    CHECK(epochs.counted_from(4, now + 4s) == now + 4s);
}

TEST_CASE("a jump of the clock while no event comes begins no epoch") {
    Epochs epochs;
    CHECK_FALSE(epochs.admit(1, start_of_time, start_of_time, 0s, start_of_time));
    CHECK_FALSE(epochs.admit(2, start_of_time + 9s, start_of_time + 9s, 0s, start_of_time + 8s));
    CHECK(epochs.all().size() == 1);
}

TEST_CASE("an event that came before a jump and is committed after it counts from the jump at the earliest") {
    Epochs epochs;
    const Instant jump = start_of_time + 1h;
    SECTION("forward") {
        CHECK(epochs.admit(1, jump - 1s, jump + 1s, 960h, jump));
        CHECK(epochs.counted_from(1, jump - 1s) == jump);
    }
    SECTION("back: and it does not stay young for ever") {
        const Instant received = jump + 960h - 1s;
        CHECK(epochs.admit(1, received, jump + 1s, 0s, jump));
        CHECK(epochs.counted_from(1, received) == jump + 1s);
        CHECK(epochs.admit(2, jump + 2s, jump + 2s, 0s, jump));
        CHECK(epochs.counted_from(1, received) == jump + 1s);
        CHECK(epochs.counted_from(2, jump + 2s) == jump + 2s);
    }
}

TEST_CASE("an epoch without events is replaced by the next one") {
    Epochs epochs;
    CHECK(epochs.admit(5, start_of_time + 960h, start_of_time, 960h, start_of_time));
    CHECK(epochs.admit(5, start_of_time + 1s, start_of_time + 1s, 0s, start_of_time + 1s));
    CHECK(epochs.all().size() == 2);
    CHECK(epochs.counted_from(5, start_of_time + 1s) == start_of_time + 1s);
}

TEST_CASE("events from the future count from now, and the events around them do not change") {
    Epochs epochs;
    const Instant ahead = start_of_time + 87600h;
    epochs.pull_back({10, 19, ahead, ahead + 9min}, start_of_time);
    CHECK(epochs.counted_from(9, start_of_time - 2h) == start_of_time - 2h);
    CHECK(epochs.counted_from(10, ahead) == start_of_time - 9min);
    CHECK(epochs.counted_from(19, ahead + 9min) == start_of_time);
    CHECK(epochs.counted_from(20, start_of_time - 1h) == start_of_time - 1h);
    CHECK_FALSE(epochs.admit(21, start_of_time + 1s, start_of_time + 1s, 0s, start_of_time));
}

TEST_CASE("the number of epochs is bounded, and merging makes no age wrong by more than the epoch lasted") {
    Epochs epochs;
    Instant now = start_of_time;
    std::vector<Instant> received;
    std::vector<Instant> really;
    for (std::uint64_t sequence = 1; sequence <= 3 * Epochs::epochs_max; ++sequence) {
        const auto lead = sequence % 2 == 0 ? 960h : 0h;
        epochs.admit(sequence, now + lead, now, lead, now);
        received.push_back(now + lead);
        really.push_back(now);
        now += 1s;
    }
    CHECK(epochs.all().size() <= Epochs::epochs_max);
    std::chrono::microseconds worst{};
    for (std::size_t at = 0; at < received.size(); ++at) {
        worst = std::max(worst, std::chrono::abs(epochs.counted_from(at + 1, received[at]) - really[at]));
    }
    CHECK(worst < 1h);
}

TEST_CASE("epochs without remaining events are removed") {
    Epochs epochs;
    Instant now = start_of_time;
    for (std::uint64_t sequence = 1; sequence <= 10; ++sequence, now += 1min) {
        epochs.admit(sequence, now + (sequence % 2) * 960h, now, (sequence % 2) * 960h, now);
    }
    const Instant kept = epochs.counted_from(8, now);
    CHECK(epochs.forget_before(8));
    CHECK(epochs.counted_from(8, now) == kept);
    CHECK(epochs.all().size() == 3);
    CHECK_FALSE(epochs.forget_before(8));
}

TEST_CASE("epochs are the same after they were saved and loaded") {
    Epochs epochs;
    epochs.admit(1, start_of_time + 960h, start_of_time, 960h, start_of_time);
    epochs.admit(7, start_of_time, start_of_time + 1h, 0s, start_of_time + 1h);
    const Epochs read(epochs.all());
    REQUIRE(read.all().size() == epochs.all().size());
    CHECK(read.counted_from(3, start_of_time + 960h) == start_of_time);
    CHECK(read.counted_from(8, start_of_time + 2h) == start_of_time + 2h);
}
