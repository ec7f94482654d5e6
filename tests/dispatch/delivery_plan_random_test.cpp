// Thousands of made-up histories in virtual time: a journal that grows, replays and forgets, and a sink with
// good days, bad days and events it refuses. What has to hold always is checked at every step.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "dispatch/delivery_plan.hpp"
#include "support/deliveries.hpp"

using namespace std::chrono_literals;
using namespace chathook;
using dispatch::DeliveryPlan;
using Action = DeliveryPlan::Action;
using Kind = Outcome::Kind;

namespace {

constexpr std::uint64_t events_of_a_history = 150;
constexpr std::size_t page_events_max = 8;
constexpr std::size_t steps_max = 100'000;

class History {
public:
    explicit History(std::uint64_t seed)
        : random_(seed), plan_(policy_, [this] { return std::uniform_real_distribution<>(0, 1)(random_); }) {
        policy_of_sink();
    }

    void run() {
        std::size_t steps = 0;
        while (appended_ < events_of_a_history || !due_.empty()) {
            REQUIRE(++steps < steps_max);  // it always ends
            arrive();
            step();
        }
        CHECK(delivered_ + dead_ + erased_ == events_of_a_history);
    }

private:
    bool one_in(unsigned chances) { return random_() % chances == 0; }
    std::chrono::milliseconds some(std::chrono::milliseconds most) {
        return std::chrono::milliseconds(random_() % static_cast<unsigned long long>(most.count() + 1));
    }

    void policy_of_sink() {
        for (std::uint64_t number = 1; number <= events_of_a_history; ++number) {
            if (one_in(20)) poisoned_.insert(number);
        }
    }

    void pass(std::chrono::milliseconds time) {
        now_.steady += time;
        now_.wall += time;
        if (one_in(200)) now_.wall -= 10min;  // a stepped clock
    }

    void arrive() {
        if (appended_ < events_of_a_history && one_in(3)) {
            Event event = test::numbered_event(++appended_);
            event.received = now_.wall;
            due_[appended_] = std::make_shared<const Event>(std::move(event));
            plan_.woken();
        }
        if (one_in(300) && !due_.empty()) {  // erased on a person's wish
            const auto erased = std::next(due_.begin(), static_cast<long>(random_() % due_.size()));
            if (in_hand_.contains(erased->first)) return;
            due_.erase(erased);
            ++erased_;
        }
    }

    void step() {
        switch (plan_.next(now_)) {
            case Action::settle: settle(); break;
            case Action::fetch: fetch(); break;
            case Action::deliver: deliver(); break;
            case Action::wait:
                REQUIRE(plan_.wait_until() > now_.steady);
                REQUIRE(plan_.page().empty());
                in_hand_.clear();
                pass(std::chrono::ceil<std::chrono::milliseconds>(plan_.wait_until() - now_.steady));
                break;
            case Action::idle:
                REQUIRE(due_.empty());  // nothing is skipped
                pass(some(1s));
                break;
        }
    }

    void fetch() {
        std::vector<Delivery> page;
        in_hand_.clear();
        for (const auto& [sequence, event] : due_) {
            if (page.size() == page_events_max) break;
            page.push_back({sequence, 1, event});
            in_hand_.insert(sequence);
        }
        plan_.fetched(std::move(page));
    }

    void settle() {
        for (const auto& one : plan_.settlements()) {
            CAPTURE(one.sequence, one.reason);
            const auto event = due_.find(one.sequence);
            REQUIRE(event != due_.end());  // settled once, and never what is not due
            if (one.delivered) {
                REQUIRE(taken_.contains(one.sequence));
                ++delivered_;
            } else {
                const bool refused = refusals_[one.sequence] == policy_.poison_tries;
                const bool old = now_.wall - event->second->received >= policy_.max_age;
                REQUIRE((refused || old));
                ++dead_;
            }
            due_.erase(event);
            in_hand_.erase(one.sequence);
        }
        plan_.settled();
    }

    void deliver() {
        const auto page = plan_.page();
        REQUIRE(page.front().sequence == due_.begin()->first);  // the first that is due is always the next
        if (down_until_ < now_.steady && one_in(30)) {
            down_until_ = now_.steady + some(one_in(4) ? 8h : 2min);
        }
        std::vector<Outcome> outcomes;
        for (const Delivery& delivery : page) {
            if (one_in(10)) break;  // the sink did not get to the rest
            outcomes.push_back(outcome_of(delivery));
            if (outcomes.back().kind != Kind::delivered) break;
        }
        pass(some(200ms));
        plan_.tried(outcomes, now_);
    }

    Outcome outcome_of(const Delivery& delivery) {
        REQUIRE(delivery.attempt == ++attempts_[delivery.sequence]);
        if (now_.steady < down_until_) {
            return one_in(20) ? Outcome{Kind::gone, "gone", {}} : Outcome{Kind::retry, "down", some(5min)};
        }
        if (poisoned_.contains(delivery.sequence)) {
            ++refusals_[delivery.sequence];
            return {Kind::poison, "refused", {}};
        }
        REQUIRE(taken_.insert(delivery.sequence).second);  // once
        REQUIRE(delivery.sequence > newest_taken_);        // in order
        newest_taken_ = delivery.sequence;
        return {};
    }

    std::mt19937_64 random_;
    dispatch::DeliveryPolicy policy_{.max_age = 2h};
    DeliveryPlan plan_;
    dispatch::Moment now_{std::chrono::steady_clock::time_point(1h),
                          Instant(std::chrono::sys_days{std::chrono::year{2026} / 11 / 21})};
    std::chrono::steady_clock::time_point down_until_{};

    std::map<std::uint64_t, std::shared_ptr<const Event>> due_;
    std::set<std::uint64_t> in_hand_;  // in the plan's page: too late to erase
    std::set<std::uint64_t> poisoned_;
    std::set<std::uint64_t> taken_;
    std::map<std::uint64_t, unsigned> attempts_;
    std::map<std::uint64_t, unsigned> refusals_;
    std::uint64_t newest_taken_ = 0;
    std::uint64_t appended_ = 0;
    std::uint64_t delivered_ = 0;
    std::uint64_t dead_ = 0;
    std::uint64_t erased_ = 0;
};

}  // namespace

TEST_CASE("in a thousand random histories nothing is skipped, reordered, settled twice or given up early") {
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        CAPTURE(seed);
        History(seed).run();
    }
}
