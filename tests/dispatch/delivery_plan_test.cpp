#include "dispatch/delivery_plan.hpp"

#include <catch2/catch.hpp>

#include "support/deliveries.hpp"

using namespace std::chrono_literals;
using namespace chathook;
using dispatch::DeliveryPlan;
using Action = DeliveryPlan::Action;
using Kind = Outcome::Kind;

namespace {

const Instant start_of_time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};

// A plan, a clock to turn by hand, and no chance: every wait is the longest possible.
class Desk {
public:
    explicit Desk(dispatch::DeliveryPolicy policy = {}) : plan(policy, [] { return 0.9999999; }) {}

    Action next() { return plan.next(now); }

    // What the plan does next with `due` in the journal.
    Action offer(std::vector<Delivery> due) {
        if (next() == Action::fetch) plan.fetched(std::move(due));
        return next();
    }

    void try_with(std::vector<Outcome> outcomes) {
        REQUIRE(next() == Action::deliver);
        plan.tried(outcomes, now);
    }

    // What the plan settles now, as "1 2 dead:3".
    std::string settle() {
        std::string text;
        while (next() == Action::settle) {
            for (const auto& one : plan.settlements()) {
                if (!text.empty()) text += ' ';
                text += (one.delivered ? "" : "dead:") + std::to_string(one.sequence);
                last_reason = one.reason;
                last_attempts = one.attempts;
            }
            plan.settled();
        }
        return text;
    }

    void pass(std::chrono::milliseconds time) {
        now.steady += time;
        now.wall += time;
    }

    std::chrono::milliseconds wait() {
        REQUIRE(next() == Action::wait);
        return std::chrono::ceil<std::chrono::milliseconds>(plan.wait_until() - now.steady);
    }

    DeliveryPlan plan;
    dispatch::Moment now{std::chrono::steady_clock::time_point(100h), start_of_time};
    std::string last_reason;
    unsigned last_attempts = 0;
};

// Events 1..last, all received at the start of time.
std::vector<Delivery> events(std::uint64_t first, std::uint64_t last, Instant received = start_of_time) {
    std::vector<Delivery> deliveries;
    for (std::uint64_t number = first; number <= last; ++number) {
        Event event = test::numbered_event(number);
        event.received = received;
        deliveries.push_back({number, 1, std::make_shared<const Event>(std::move(event))});
    }
    return deliveries;
}

Outcome delivered() { return {}; }
Outcome retry(std::optional<std::chrono::milliseconds> after = {}) {
    return {Kind::retry, "HTTP 503", after};
}
Outcome poison() { return {Kind::poison, "HTTP 422", {}}; }
Outcome gone() { return {Kind::gone, "HTTP 410", {}}; }

}  // namespace

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

TEST_CASE("with nothing due the plan is idle until it is woken") {
    Desk desk;
    CHECK(desk.offer({}) == Action::idle);
    desk.pass(1000h);
    CHECK(desk.next() == Action::idle);
    desk.plan.woken();
    CHECK(desk.next() == Action::fetch);
}

TEST_CASE("what a sink did not get to is delivered next, without a wait and without counting as a try") {
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
    for (const auto expected : {1s, 2s, 4s, 8s}) {
        CAPTURE(expected.count());
        REQUIRE(desk.offer(events(2, 3)) == Action::wait);
        CHECK(desk.wait() == expected);
        CHECK(desk.plan.page().empty());  // nothing is held in memory meanwhile
        desk.pass(expected - 1ms);
        CHECK(desk.next() == Action::wait);
        desk.pass(1ms);
        REQUIRE(desk.offer(events(2, 3)) == Action::deliver);
        CHECK(desk.plan.page().front().sequence == 2);
        desk.try_with({retry()});
    }
    CHECK(desk.plan.failing()->in_a_row == 5);
}

TEST_CASE("the attempt is counted over fetches and told to the sink and the journal") {
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

TEST_CASE("a failing sink is asked no sooner because a new event arrives") {
    Desk desk;
    desk.offer(events(1, 1));
    desk.try_with({retry(30s)});
    desk.pass(10s);
    desk.plan.woken();
    REQUIRE(desk.offer(events(1, 2)) == Action::wait);
    CHECK(desk.wait() == 20s);
}

TEST_CASE("an event that was erased while it waited is not delivered any more") {
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

TEST_CASE("a refused event is tried three times, then it is dead and the next one follows") {
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

TEST_CASE("an event that is too old is dead once the sink has failed for a while") {
    Desk desk({.max_age = 1h});
    desk.offer(events(1, 2));
    desk.try_with({retry()});
    while (desk.now.wall < start_of_time + 1h) {
        if (desk.offer(events(1, 2)) == Action::wait) {
            CHECK(desk.plan.wait_until() <= desk.now.steady + (start_of_time + 1h - desk.now.wall));
            desk.pass(desk.wait());
        } else if (desk.next() == Action::deliver) {
            desk.try_with({retry()});
        }
    }
    REQUIRE(desk.now.wall == start_of_time + 1h);
    REQUIRE(desk.offer(events(1, 2)) == Action::settle);
    CHECK(desk.settle() == "dead:1 dead:2");
    CHECK(desk.last_reason == "given up after 1 h: HTTP 503");

    // The pause goes on for what comes after.
    CHECK(desk.offer({}) == Action::idle);
    desk.plan.woken();
    CHECK(desk.offer(events(3, 3, desk.now.wall)) == Action::wait);
}

TEST_CASE("after a week's standstill an old event is not given up at the first failure") {
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
    CHECK(desk.wait() == 10min);  // then the patience with the sink ends
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

TEST_CASE("a wall clock that jumps back neither stalls nor bursts retries") {
    Desk desk;
    desk.offer(events(1, 1));
    desk.now.wall -= 24h * 365;
    desk.try_with({retry()});
    REQUIRE(desk.offer(events(1, 1)) == Action::wait);
    CHECK(desk.wait() == 1s);
}

TEST_CASE("of a batch sent side by side, what succeeded is settled and only what failed is tried again") {
    Desk desk;
    desk.offer(events(1, 4));
    desk.try_with({delivered(), retry(), delivered(), retry()});
    CHECK(desk.settle() == "1 3");
    CHECK(desk.plan.failing()->in_a_row == 1);
    desk.pass(1s);
    REQUIRE(desk.offer({events(2, 2).front(), events(4, 4).front()}) == Action::deliver);
    CHECK(desk.plan.page().front().attempt == 2);
}
