#include "support/memory_budget.hpp"

#include <catch2/catch.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/await.hpp"

using namespace chathook;
using Turn = MemoryBudget::Turn;

namespace {

// Several coroutines on one thread that request shares of a budget, and the order in which they got them.
struct House {
    boost::asio::io_context io{1};
    MemoryBudget budget{100};
    std::string order;
    std::vector<MemoryBudget::Part> held;

    void want(char name, std::size_t bytes, Turn turn = Turn::first) {
        boost::asio::co_spawn(io, take(name, bytes, turn), boost::asio::detached);
        settle();
    }
    void settle() {
        io.restart();
        io.poll();
    }
    Awaitable<> take(char name, std::size_t bytes, Turn turn) {
        held.push_back(co_await budget.take(bytes, turn));
        order += name;
    }
    void give_back_all() {
        held.clear();
        settle();
    }
};

}  // namespace

TEST_CASE("a budget grants shares until it is used up, and again when they are returned", "[support]") {
    House house;
    house.want('a', 60);
    house.want('b', 40);
    CHECK(house.budget.used() == 100);
    house.want('c', 1);
    CHECK(house.order == "ab");
    CHECK(house.budget.waiting() == 1);
    house.give_back_all();
    CHECK(house.order == "abc");
    CHECK(house.budget.used() == 1);
    house.give_back_all();
    CHECK(house.budget.used() == 0);
}

TEST_CASE("requests are served in order, even if a later one is smaller", "[support]") {
    House house;
    house.want('a', 60);
    house.want('b', 80);
    house.want('c', 1);
    CHECK(house.order == "a");
    house.give_back_all();
    CHECK(house.order == "abc");
}

TEST_CASE("a request with Turn::last waits behind all others", "[support]") {
    House house;
    house.want('a', 100);
    house.want('b', 60, Turn::last);
    house.want('c', 60, Turn::last);
    house.want('d', 60);
    house.want('e', 60);
    while (house.order.size() < 5) house.give_back_all();
    CHECK(house.order == "adebc");
}

TEST_CASE("a request for more than the budget gets the whole budget", "[support]") {
    House house;
    house.want('a', 1000);
    CHECK(house.budget.used() == 100);
    house.give_back_all();
    CHECK(house.budget.used() == 0);
}

TEST_CASE("a waiter that is destroyed leaves the queue and returns its share", "[support]") {
    MemoryBudget budget(100);
    boost::asio::io_context io(1);
    auto held = test::await(io, budget.take(100, Turn::first));
    {
        House others;
        const auto take = [&]() -> Awaitable<> { co_await budget.take(50, Turn::first); };
        boost::asio::co_spawn(others.io, take(), boost::asio::detached);
        boost::asio::co_spawn(others.io, take(), boost::asio::detached);
        others.settle();
        CHECK(budget.waiting() == 2);
        held = MemoryBudget::Part();  // both are served, and neither ever hears of it
    }
    CHECK(budget.waiting() == 0);
    CHECK(budget.used() == 0);
}

TEST_CASE("concurrent shares never exceed the budget", "[support]") {
    MemoryBudget budget(100);
    std::atomic<std::size_t> used{0}, most{0}, times{0};
    const auto work = [&] {
        for (std::size_t i = 0; i < 500; ++i) {
            const auto use = [&](std::size_t bytes) -> Awaitable<int> {
                const auto part = co_await budget.take(bytes, i % 3 == 0 ? Turn::last : Turn::first);
                const std::size_t now = used += bytes;
                if (now > most) most = now;
                std::this_thread::yield();
                used -= bytes;
                ++times;
                co_return 0;
            };
            test::await(use(1 + i % 60));
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
    CHECK(times == 2000);
    CHECK(most <= 100);
    CHECK(budget.used() == 0);
}
