#include "support/wakeup.hpp"

#include <catch2/catch.hpp>

#include <thread>

#include "support/await.hpp"

using namespace chathook;
using namespace std::chrono_literals;

TEST_CASE("a sleeper is woken by another thread", "[support]") {
    boost::asio::io_context io(1);
    const auto wakeup = std::make_shared<Wakeup>(io.get_executor());
    std::thread other([&] { wakeup->wake(); });
    CHECK(test::await(io, wakeup->sleep()));
    other.join();
}

TEST_CASE("sleep() returns immediately if wake() was called before", "[support]") {
    boost::asio::io_context io(1);
    const auto wakeup = std::make_shared<Wakeup>(io.get_executor());
    wakeup->wake();
    CHECK(test::await(io, wakeup->sleep()));
    CHECK(test::await(io, wakeup->sleep()));
}

TEST_CASE("a sleeper that is not woken returns at its deadline", "[support]") {
    boost::asio::io_context io(1);
    const auto wakeup = std::make_shared<Wakeup>(io.get_executor());
    CHECK_FALSE(test::await(io, wakeup->sleep(Wakeup::Clock::now() + 1ms)));
}
