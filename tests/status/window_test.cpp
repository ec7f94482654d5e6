#include "status/window.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using chathook::MetricCounts;
using chathook::status::Window;

namespace {

const Window::Time start{};

MetricCounts counts(std::uint64_t accepted, std::uint64_t wrong = 0,
                    std::vector<std::uint64_t> answers = {}) {
    MetricCounts counts;
    counts.sources = {{"desk", accepted, 0, {{"wrong_signature", wrong}}}};
    counts.answers = std::move(answers);
    return counts;
}

}  // namespace

TEST_CASE("the hour is what was counted since the sample of an hour ago") {
    Window window(start, counts(0));
    for (int minute = 1; minute <= 90; ++minute)
        window.add(start + std::chrono::minutes(minute), counts(static_cast<std::uint64_t>(minute) * 10, 1));
    const auto hour = window.last(Window::length, start + 90min + 30s, counts(905, 4));
    CHECK(hour.length == 60min + 30s);
    CHECK(hour.sources.at("desk").accepted == 605);
    CHECK(hour.sources.at("desk").refused ==
          std::vector<std::pair<std::string, std::uint64_t>>{{"wrong_signature", 3}});
}

TEST_CASE("within the first hour the hour began with the daemon") {
    Window window(start, counts(3));
    window.add(start + 1min, counts(5));
    const auto hour = window.last(Window::length, start + 10min, counts(8, 2));
    CHECK(hour.length == 10min);
    CHECK(hour.sources.at("desk").accepted == 5);
    CHECK(hour.sources.at("desk").refused.at(0).second == 2);
}

TEST_CASE("a source to which nothing came within the hour is not in it, and costs nothing") {
    Window window(start, counts(0));
    window.add(start + 1min, counts(7));
    const std::size_t changes = window.changes();
    for (int minute = 2; minute <= 70; ++minute) window.add(start + std::chrono::minutes(minute), counts(7));
    CHECK(changes == 1);
    CHECK(window.changes() == 0);
    CHECK(window.last(Window::length, start + 70min, counts(7)).sources.empty());
}

TEST_CASE("no more samples are kept than an hour needs, however often they are taken") {
    Window window(start, counts(0));
    for (int second = 1; second <= 1000; ++second)
        window.add(start + std::chrono::seconds(second), counts(1));
    CHECK(window.samples() == Window::samples_max);
    for (int day = 1; day <= 3; ++day) window.add(start + std::chrono::days(day), counts(1));
    CHECK(window.samples() == 2);
    CHECK(window.last(Window::length, start + 72h + 1s, counts(2)).length ==
          24h + 1s);  // it says how long it really is
}

TEST_CASE("the reasons of refusals stand in the order of their frequency") {
    MetricCounts now;
    now.sources = {{"desk", 0, 4, {{"stale_timestamp", 1}, {"wrong_signature", 9}, {"rate_limited", 0}}}};
    const Window window(start, counts(0));
    const auto hour = window.last(Window::length, start + 1s, now);
    const auto& desk = hour.sources.at("desk");
    CHECK(desk.duplicates == 4);
    REQUIRE(desk.refused.size() == 2);
    CHECK(desk.refused[0].first == "wrong_signature");
    CHECK(desk.refused[1].first == "stale_timestamp");
}

TEST_CASE("answers are those of the hour") {
    Window window(start, counts(0, 0, {5, 0, 1}));
    window.add(start + 30min, counts(0, 0, {6, 0, 1}));
    window.add(start + 60min, counts(0, 0, {7, 1, 1}));
    CHECK(window.last(Window::length, start + 89min, counts(0, 0, {9, 2, 1})).answers ==
          std::vector<std::uint64_t>{4, 2, 0});
    CHECK(window.last(Window::length, start + 90min, counts(0, 0, {9, 2, 1})).answers ==
          std::vector<std::uint64_t>{3, 2, 0});
}
