#include "support/desk.hpp"

#include <sys/resource.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/await.hpp"

namespace chathook {

TEST_CASE("the desk runs work on its own thread and resumes the caller on the caller's thread", "[support]") {
    Desk desk("desk");
    const auto here = std::this_thread::get_id();
    const auto ask = [&]() -> Awaitable<bool> {
        const auto there = co_await desk.run([] { return std::this_thread::get_id(); });
        co_return (there != here && there != std::thread::id() && std::this_thread::get_id() == here);
    };
    for (int i = 0; i < 1000; ++i) REQUIRE(test::await(ask()));
}

TEST_CASE("an exception of the work is rethrown to the caller", "[support]") {
    Desk desk("desk");
    const auto fail = [&]() -> Awaitable<int> {
        co_return co_await desk.run([]() -> int { throw std::runtime_error("no such journal"); });
    };
    // A thousand times, so that the thread sanitizer would see a reference to the exception that the desk
    // kept.
    for (int i = 0; i < 1000; ++i) CHECK_THROWS_WITH(test::await(fail()), "no such journal");
    CHECK(test::await(desk.run([] { return 7; })) == 7);
}

TEST_CASE("the desk runs work in order, and finishes all work submitted before close()", "[support]") {
    boost::asio::io_context io(1);
    std::vector<int> done;
    std::vector<int> answered;
    {
        Desk desk("desk");
        for (int i = 0; i < 100; ++i) {
            const auto work = [&done, i] {
                done.push_back(i);
                return i;
            };
            boost::asio::co_spawn(io, desk.run(work),
                                  [&](std::exception_ptr, int answer) { answered.push_back(answer); });
        }
        io.poll();
        desk.close();
        CHECK(done.size() == 100);
        CHECK(std::is_sorted(done.begin(), done.end()));
        io.run();
    }
    CHECK(answered == done);
}

TEST_CASE("the niceness of a desk applies to its own thread only", "[support]") {
    const auto niceness = [] { return ::getpriority(PRIO_PROCESS, static_cast<::id_t>(::gettid())); };
    const int here = niceness();
    Desk desk("desk", 19);
    CHECK(test::await(desk.run(niceness)) == 19);
    CHECK(niceness() == here);
}

}  // namespace chathook
