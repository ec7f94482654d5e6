#include "dispatch/delivery_plan.hpp"

#include <catch2/catch.hpp>

#include "dispatch/desk.hpp"

using namespace std::chrono_literals;
using namespace chathook;
using namespace chathook::test;
using Action = dispatch::DeliveryPlan::Action;

TEST_CASE("a page is delivered, settled and followed by the next at once") {
    Desk desk;
    REQUIRE(desk.offer(events(1, 2)) == Action::deliver);
    desk.try_with({delivered(), delivered()});
    CHECK(desk.settle() == "1 2");
    CHECK(desk.last_attempts == 1);
    REQUIRE(desk.offer(events(3, 3)) == Action::deliver);
    desk.try_with({delivered()});
    CHECK(desk.settle() == "3");
}

TEST_CASE("an attempt that failed is told once, with its cause and the time of the next one") {
    Desk desk({.backoff = {2s, 60s}});
    REQUIRE(desk.offer(events(1, 3)) == Action::deliver);
    desk.try_with({delivered(), retry()});
    const auto told = desk.plan.take_tried();
    REQUIRE(told.size() == 1);
    CHECK(told[0].sequence == 2);
    CHECK(told[0].kind == journal::Settlement::Kind::tried);
    CHECK(told[0].attempts == 1);
    CHECK(told[0].reason == "HTTP 503");
    desk.settle();
    CHECK(std::chrono::ceil<std::chrono::milliseconds>(told[0].next_try - desk.now.journal) == desk.wait());
    CHECK(desk.plan.take_tried().empty());
}

TEST_CASE("of attempts that nobody took, the last one of each event is told, and none of a dead letter") {
    Desk desk({.poison_tries = 3});
    const auto refuse = [&] {
        if (desk.next() == Action::wait) desk.pass(desk.wait());
        REQUIRE(desk.offer(events(1, 1)) == Action::deliver);
        desk.try_with({poison()});
    };
    refuse();
    refuse();
    const auto told = desk.plan.take_tried();
    REQUIRE(told.size() == 1);
    CHECK(told[0].attempts == 2);
    refuse();
    CHECK(desk.settle() == "dead:1");
    CHECK(desk.plan.take_tried().empty());
}

TEST_CASE("attempts from before a restart count") {
    Desk desk;
    desk.plan.resume({{2, 7}});
    REQUIRE(desk.offer(events(1, 3)) == Action::deliver);
    CHECK(desk.plan.page()[0].attempt == 1);
    CHECK(desk.plan.page()[1].attempt == 8);
}

TEST_CASE("with nothing due the plan is idle until it is woken") {
    Desk desk;
    CHECK(desk.offer({}) == Action::idle);
    desk.pass(1000h);
    CHECK(desk.next() == Action::idle);
    desk.plan.woken();
    CHECK(desk.next() == Action::fetch);
}

TEST_CASE("while events keep coming they are delivered in batches, and a single event does not wait") {
    Desk desk({.gather = 10ms});
    REQUIRE(desk.offer(events(1, 1)) == Action::deliver);  // at once
    desk.try_with({delivered()});
    CHECK(desk.settle() == "1");
    desk.pass(4ms);
    REQUIRE(desk.next() == Action::gather);
    CHECK(desk.plan.wait_until() - desk.now.steady == 6ms);
    desk.pass(5ms);
    CHECK(desk.next() == Action::gather);
    desk.pass(1ms);
    REQUIRE(desk.offer(events(2, 40)) == Action::deliver);  // everything that came meanwhile
    desk.try_with(std::vector<Outcome>(39));
    desk.settle();
    desk.pass(10ms);
    REQUIRE(desk.offer({}) == Action::idle);
    desk.pass(1h);
    desk.plan.woken();
    CHECK(desk.offer(events(41, 41)) == Action::deliver);
}

TEST_CASE("behind a full page the next one is fetched at once") {
    Desk desk({.gather = 10ms});
    for (std::uint64_t number = 1; number < 4; ++number) {
        REQUIRE(desk.next() == Action::fetch);
        desk.plan.fetched(events(number, number), number < 3);
        desk.try_with({delivered()});
        desk.settle();
    }
    CHECK(desk.next() == Action::gather);
}

TEST_CASE("events that a sink did not get to are delivered next, without a wait or a counted attempt") {
    Desk desk;
    desk.offer(events(1, 3));
    desk.try_with({delivered()});
    CHECK(desk.settle() == "1");
    REQUIRE(desk.next() == Action::deliver);
    REQUIRE(desk.plan.page().size() == 2);
    CHECK(desk.plan.page().front().sequence == 2);
    CHECK(desk.plan.page().front().attempt == 1);
    CHECK_FALSE(desk.plan.failing());
}

TEST_CASE("a failed event is tried again before any later one, after growing waits") {
    Desk desk;
    desk.offer(events(1, 3));
    desk.try_with({delivered(), retry()});
    CHECK(desk.settle() == "1");
    for (const auto expected : {1s, 2s, 4s, 8s, 16s}) {
        CAPTURE(expected.count());
        REQUIRE(desk.offer(events(2, 3)) == Action::wait);
        CHECK(desk.wait() == expected);
        CHECK(desk.plan.page().empty());  // no event is held in memory meanwhile
        desk.pass(expected - 1ms);
        CHECK(desk.next() == Action::wait);
        desk.pass(1ms);
        REQUIRE(desk.offer(events(2, 3)) == Action::deliver);
        CHECK(desk.plan.page().front().sequence == 2);
        desk.try_with({retry()});
    }
    CHECK(desk.plan.failing()->in_a_row == 6);
}

TEST_CASE("attempts are counted across fetches and passed to the sink and the journal") {
    Desk desk;
    desk.offer(events(1, 1));
    desk.try_with({retry()});
    desk.pass(1s);
    REQUIRE(desk.offer(events(1, 1)) == Action::deliver);
    CHECK(desk.plan.page().front().attempt == 2);
    desk.try_with({delivered()});
    CHECK(desk.settle() == "1");
    CHECK(desk.last_attempts == 2);
    CHECK_FALSE(desk.plan.failing());
}

TEST_CASE("a new event does not shorten the wait of a failing sink") {
    Desk desk;
    desk.offer(events(1, 1));
    desk.try_with({retry(30s)});
    desk.pass(10s);
    desk.plan.woken();
    REQUIRE(desk.offer(events(1, 2)) == Action::wait);
    CHECK(desk.wait() == 20s);
}

TEST_CASE("an event that was erased while it waited is not delivered") {
    Desk desk;
    desk.offer(events(1, 2));
    desk.try_with({retry()});
    desk.pass(1s);
    REQUIRE(desk.offer(events(2, 2)) == Action::deliver);
    REQUIRE(desk.plan.page().size() == 1);
    CHECK(desk.plan.page().front().sequence == 2);
    desk.try_with({delivered()});
    CHECK(desk.settle() == "2");
    CHECK(desk.offer({}) == Action::idle);
}

TEST_CASE("an event refused three times becomes a dead letter, and the next one follows") {
    Desk desk;
    desk.offer(events(1, 2));
    for (const auto wait : {1s, 2s}) {
        desk.try_with({poison()});
        CHECK(desk.settle().empty());
        CHECK_FALSE(desk.plan.failing());
        REQUIRE(desk.offer(events(1, 2)) == Action::wait);
        CHECK(desk.wait() == wait);
        desk.pass(wait);
        REQUIRE(desk.offer(events(1, 2)) == Action::deliver);
    }
    desk.try_with({poison()});
    CHECK(desk.settle() == "dead:1");
    CHECK(desk.last_reason == "refused 3 times: HTTP 422");
    CHECK(desk.last_attempts == 3);
    REQUIRE(desk.next() == Action::deliver);
    CHECK(desk.plan.page().front().sequence == 2);
}

TEST_CASE("a receiver that says it is gone is left alone for an hour") {
    Desk desk;
    desk.offer(events(1, 1));
    desk.try_with({gone()});
    REQUIRE(desk.offer(events(1, 1)) == Action::wait);
    CHECK(desk.wait() == 1h);
    CHECK(desk.plan.failing()->reason == "HTTP 410");
}

TEST_CASE("an event that is too old becomes a dead letter once the sink has failed for a while") {
    Desk desk({.max_age = 1h});
    desk.offer(events(1, 2));
    desk.try_with({retry()});
    while (desk.now.journal < start_of_time + 1h) {
        if (desk.offer(events(1, 2)) == Action::wait) {
            CHECK(desk.plan.wait_until() <= desk.now.steady + (start_of_time + 1h - desk.now.journal));
            desk.pass(desk.wait());
        } else if (desk.next() == Action::deliver) {
            desk.try_with({retry()});
        }
    }
    REQUIRE(desk.now.journal == start_of_time + 1h);
    REQUIRE(desk.offer(events(1, 2)) == Action::settle);
    CHECK(desk.settle() == "dead:1 dead:2");
    CHECK(desk.last_reason == "given up after 1 h: HTTP 503");

    // The pause continues for later events.
    CHECK(desk.offer({}) == Action::idle);
    desk.plan.woken();
    CHECK(desk.offer(events(3, 3, desk.now.journal)) == Action::wait);
}

TEST_CASE("after a week of downtime an old event is not given up at the first failure") {
    Desk desk({.max_age = 72h});
    desk.pass(24h * 7);
    REQUIRE(desk.offer(events(1, 1)) == Action::deliver);
    desk.try_with({retry()});
    desk.pass(1s);
    REQUIRE(desk.offer(events(1, 1)) == Action::deliver);
    desk.try_with({delivered()});
    CHECK(desk.settle() == "1");

    REQUIRE(desk.offer(events(2, 2)) == Action::deliver);
    desk.try_with({retry(20min)});
    REQUIRE(desk.offer(events(2, 2)) == Action::wait);
    CHECK(desk.wait() == 10min);  // then the sink's patience ends
    desk.pass(10min);
    REQUIRE(desk.offer(events(2, 2)) == Action::settle);
    CHECK(desk.settle() == "dead:2");
}

TEST_CASE("no event is given up while the sink works, however old it is") {
    Desk desk({.max_age = 1h});
    desk.pass(24h * 365);
    desk.offer(events(1, 2));
    desk.try_with({poison()});
    desk.pass(1s);
    REQUIRE(desk.offer(events(1, 2)) == Action::deliver);
    desk.try_with({delivered(), delivered()});
    CHECK(desk.settle() == "1 2");
}

TEST_CASE("max_age counts on the journal's clock, even if a wrong wall clock dated the event") {
    const auto wrong = GENERATE(-960h, 960h);
    Desk desk({.max_age = 1h});
    const auto due = [&] {
        std::vector<Delivery> page = events(1, 1);
        Event event = *page.front().event;
        event.received = start_of_time + wrong;
        page.front().event = std::make_shared<const Event>(std::move(event));
        return page;
    };
    desk.offer(due());
    desk.try_with({retry(20min)});
    REQUIRE(desk.offer(due()) == Action::wait);
    desk.pass(20min);
    REQUIRE(desk.offer(due()) == Action::deliver);
    desk.try_with({retry(50min)});
    REQUIRE(desk.offer(due()) == Action::wait);
    CHECK(desk.wait() == 40min);
    desk.pass(40min);
    REQUIRE(desk.offer(due()) == Action::settle);
    CHECK(desk.settle() == "dead:1");
}

TEST_CASE("of a batch sent in parallel, successes are settled and only failures are tried again") {
    Desk desk;
    desk.offer(events(1, 4));
    desk.try_with({delivered(), retry(), delivered(), retry()});
    CHECK(desk.settle() == "1 3");
    CHECK(desk.plan.failing()->in_a_row == 1);
    desk.pass(1s);
    REQUIRE(desk.offer({events(2, 2).front(), events(4, 4).front()}) == Action::deliver);
    CHECK(desk.plan.page().front().attempt == 2);
}

TEST_CASE("redeliveries come after waiting events, whatever their place in the journal") {
    Desk desk;
    REQUIRE(desk.offer(again_behind(events(101, 102), 7, 8)) == Action::deliver);
    REQUIRE(desk.plan.page().size() == 4);
    desk.try_with({delivered(), delivered(), delivered(), delivered()});
    CHECK(desk.settle() == "101 102 7 8");
    REQUIRE(desk.offer(again_behind({}, 3, 3)) == Action::deliver);
    desk.try_with({delivered()});
    CHECK(desk.settle() == "3");
    CHECK(desk.last_attempts == 1);
}

TEST_CASE("refusals of a redelivery are counted across the events that come before it") {
    Desk desk;
    REQUIRE(desk.offer(again_behind({}, 3, 3)) == Action::deliver);
    for (std::uint64_t number = 101; number <= 102; ++number) {
        desk.try_with({poison()});
        desk.pass(2s);
        REQUIRE(desk.offer(events(number, number)) == Action::deliver);  // a page that has no room for it
        desk.try_with({delivered()});
        CHECK(desk.settle() == std::to_string(number));
        REQUIRE(desk.offer(again_behind({}, 3, 3)) == Action::deliver);
        CHECK(desk.plan.page().front().attempt == number - 99);
    }
    desk.try_with({poison()});
    CHECK(desk.settle() == "dead:3");
    CHECK(desk.last_attempts == 3);
}

TEST_CASE("a redelivery is tried at any age, and given up when nothing gets through for max_age") {
    Desk desk({.max_age = 1h});
    desk.pass(24h * 30);
    desk.offer(events(9, 9, desk.now.journal));
    desk.try_with({retry()});
    desk.pass(20min);  // longer than the patience with old events
    REQUIRE(desk.offer(again_behind({}, 1, 1)) == Action::deliver);
    desk.try_with({retry()});
    REQUIRE(desk.offer(again_behind({}, 1, 1)) == Action::wait);
    while (desk.settle().empty()) {
        REQUIRE(desk.plan.failing()->in_a_row < 100);
        const Action action = desk.offer(again_behind({}, 1, 1));
        if (action == Action::wait) desk.pass(desk.wait());
        if (action == Action::deliver) desk.try_with({retry()});
    }
    CHECK(desk.last_reason == "given up after 1 h: HTTP 503");
    CHECK(desk.last_attempts > 1);
    CHECK(desk.now.journal >= start_of_time + 24h * 30 + 1h);

    // Also if the sink has been failing for longer already: at least once.
    desk.pass(2h);
    REQUIRE(desk.offer(again_behind({}, 2, 2)) == Action::deliver);
    desk.try_with({delivered()});
    CHECK(desk.settle() == "2");
}

TEST_CASE("erased events leave the page at once, and those with a failed attempt are reported") {
    Desk desk;
    REQUIRE(desk.offer(events(1, 4)) == Action::deliver);
    desk.try_with({delivered(), retry()});
    CHECK(desk.settle() == "1");
    desk.pass(desk.wait());
    REQUIRE(desk.offer(events(2, 4)) == Action::deliver);
    CHECK(desk.plan.let_go([](std::uint64_t sequence) { return sequence == 2 || sequence == 3; }) ==
          std::vector<std::uint64_t>{2});
    REQUIRE(desk.next() == Action::deliver);
    REQUIRE(desk.plan.page().size() == 1);
    CHECK(desk.plan.page()[0].sequence == 4);
    CHECK(desk.plan.let_go([](std::uint64_t sequence) { return sequence == 4; }).empty());
    CHECK(desk.next() == Action::fetch);
}

TEST_CASE("a page that may be stale is fetched again, and attempts are not forgotten") {
    Desk desk;
    REQUIRE(desk.offer(events(1, 2)) == Action::deliver);
    desk.try_with({poison()});
    desk.pass(desk.wait());
    REQUIRE(desk.offer(events(1, 2)) == Action::deliver);
    desk.plan.refetch();
    REQUIRE(desk.offer(events(1, 2)) == Action::deliver);
    CHECK(desk.plan.page()[0].attempt == 2);
    desk.try_with({delivered(), delivered()});
    CHECK(desk.settle() == "1 2");
    REQUIRE(desk.offer({}) == Action::idle);
    desk.plan.refetch();
    CHECK(desk.next() == Action::fetch);
}
