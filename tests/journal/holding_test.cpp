#include "journal/holding.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "support/deliveries.hpp"

namespace chathook::journal {
namespace {

using namespace std::chrono_literals;

// A holder for which the test does what a sink's thread would do.
struct Hand final : Holder {
    void recall() noexcept override { ++recalls; }
    std::size_t begun() const noexcept override {
        asked = true;
        return begins;
    }

    mutable std::atomic<bool> asked = false;  // whether begun() was called
    std::atomic<unsigned> recalls = 0;
    std::atomic<std::size_t> begins = SIZE_MAX;
};

std::shared_ptr<const Sequences> these(Sequences sequences) {
    return std::make_shared<const Sequences>(std::move(sequences));
}

std::chrono::steady_clock::time_point at_once() { return std::chrono::steady_clock::now(); }
std::chrono::steady_clock::time_point in_a_minute() { return at_once() + 60s; }

}  // namespace

TEST_CASE("no batch is begun before the notice of an erasure was taken") {
    Hand hand;
    Holding holding(hand);
    CHECK(holding.take(chathook::test::numbered_deliveries(1, 3)));
    holding.put_back({});
    holding.withhold(these({2}));
    CHECK(hand.recalls == 1);
    CHECK_FALSE(holding.take(chathook::test::numbered_deliveries(1, 3)));
    REQUIRE(holding.take_notice().withheld != nullptr);
    CHECK(*holding.take_notice().withheld == Sequences{2});
    CHECK(holding.take(chathook::test::numbered_deliveries(3, 4)));
    holding.release();
    CHECK_FALSE(holding.take(chathook::test::numbered_deliveries(3, 4)));
    const auto notice = holding.take_notice();
    CHECK(notice.withheld == nullptr);
    CHECK(notice.stale);
    CHECK_FALSE(holding.take_notice().stale);
}

TEST_CASE("an erasure waits until its events are released, and learns which were tried before") {
    Hand hand;
    Holding holding(hand);
    REQUIRE(holding.take(chathook::test::numbered_deliveries(1, 3)));
    holding.withhold(these({2, 9}));
    std::thread sink([&] {
        while (hand.recalls == 0) std::this_thread::yield();
        holding.put_back({9});  // before take_notice(): says nothing about withheld events
        (void)holding.take_notice();
        holding.put_back({2});
    });
    const auto rest = holding.wait(in_a_minute());
    sink.join();
    CHECK(rest.under_way.empty());
    CHECK(rest.tried == Sequences{2});
}

TEST_CASE("a sink's report of earlier attempts is kept while the erasure waits for other sinks") {
    Hand hand;
    Holding holding(hand);
    holding.withhold(these({2, 4, 9}));
    (void)holding.take_notice();
    holding.put_back({4});
    // It continues with other events, and has no record of that any more.
    REQUIRE(holding.take(chathook::test::numbered_deliveries(5, 6)));
    holding.put_back({});
    REQUIRE(holding.take(chathook::test::numbered_deliveries(7, 8)));
    holding.put_back({2});
    CHECK(holding.wait(in_a_minute()).tried == Sequences{2, 4});
    holding.release();
    holding.withhold(these({2, 4}));
    (void)holding.take_notice();
    holding.put_back({});
    CHECK(holding.wait(in_a_minute()).tried.empty());
}

TEST_CASE("a holder that was busy during a whole erasure learns afterwards what was erased") {
    Hand hand;
    Holding holding(hand);
    REQUIRE(holding.take(chathook::test::numbered_deliveries(1, 3)));
    for (const std::uint64_t erased : {9, 2}) {
        holding.withhold(these({erased}));
        (void)holding.wait(at_once());
        holding.release();
    }
    CHECK(holding.take_notice().missed == Sequences{2, 9});
    CHECK(holding.take_notice().missed.empty());
    holding.withhold(these({2}));
    (void)holding.take_notice();
    holding.release();
    CHECK(holding.take_notice().missed.empty());
}

TEST_CASE("a delivery that was begun and does not end in time is under way; one that was not begun is not") {
    Hand hand;
    Holding holding(hand);
    REQUIRE(holding.take(chathook::test::numbered_deliveries(1, 6)));
    holding.withhold(these({2, 3, 5, 9}));
    hand.begins = 3;
    CHECK(holding.wait(at_once()).under_way == Sequences{2, 3});
    // The receipt says that it is under way, so it must not be settled as delivered before that is written.
    CHECK(holding.settling() == Sequences{2, 3});
    holding.settled();
    holding.release();
    CHECK(holding.settling().empty());
}

TEST_CASE("an erasure does not wait for a sink that delivers other events or that is stopping") {
    Hand hand;
    Holding holding(hand);
    REQUIRE(holding.take(chathook::test::numbered_deliveries(1, 3)));
    holding.withhold(these({8}));
    CHECK(holding.wait(in_a_minute()).under_way.empty());
    holding.release();
    holding.withhold(these({3}));
    holding.end();
    CHECK(holding.wait(in_a_minute()).under_way == Sequences{3});
    holding.leave();
    CHECK(holding.wait(in_a_minute()).under_way.empty());
}

TEST_CASE("a settlement that was begun before the time ran out is waited for") {
    Hand hand;
    Holding holding(hand);
    REQUIRE(holding.take(chathook::test::numbered_deliveries(1, 1)));
    CHECK(holding.settling().empty());
    holding.withhold(these({1}));
    bool asked_early = false;
    std::thread sink([&] {
        while (hand.recalls == 0) std::this_thread::yield();
        const auto until = at_once() + 50ms;
        while (!hand.asked && at_once() < until) std::this_thread::yield();
        asked_early = hand.asked;
        (void)holding.take_notice();
        holding.put_back({});
        holding.settled();
    });
    CHECK(holding.wait(at_once()).under_way.empty());
    sink.join();
    CHECK_FALSE(asked_early);
}

TEST_CASE("the events are withheld from a holder that is added during an erasure, too") {
    Hand hand;
    Holdings holdings;
    const auto first = std::make_shared<Holding>(hand);
    const auto late = std::make_shared<Holding>(hand);
    holdings.add(0, first);
    {
        REQUIRE(first->take(chathook::test::numbered_deliveries(4, 5)));
        first->end();  // so that the erasure does not wait for it
        const Holdings::Recall recall(holdings, these({4}), 60s);
        CHECK(recall.remainders().at(0).under_way == Sequences{4});
        CHECK_FALSE(recall.remainders().contains(1));
        holdings.add(1, late);
        REQUIRE(late->take_notice().withheld != nullptr);
        CHECK(*late->take_notice().withheld == Sequences{4});
    }
    CHECK(late->take_notice().stale);
    CHECK(first->take_notice().withheld == nullptr);
    const auto after = std::make_shared<Holding>(hand);
    holdings.add(2, after);
    CHECK(after->take_notice().withheld == nullptr);
}

}  // namespace chathook::journal
