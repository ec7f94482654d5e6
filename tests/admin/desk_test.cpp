#include "admin/desk.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "admin/office.hpp"

namespace chathook {

namespace {

// Keeps the journal's writer where it is, as a disk does that hangs, from the next commit on until it goes.
class HungWriter {
public:
    explicit HungWriter(test::Office& office) : office_(office) {
        subscription_ = office_.journal->subscribe([this](std::uint64_t) {
            if (hung_) return;
            hung_ = true;
            hangs_.set_value();
            released_.get_future().wait();
        });
        office_.commit("lead.created");
        hangs_.get_future().wait();
    }
    ~HungWriter() { release(); }
    HungWriter(const HungWriter&) = delete;
    HungWriter& operator=(const HungWriter&) = delete;

    void release() {
        if (!std::exchange(holds_, false)) return;
        released_.set_value();
        office_.journal->unsubscribe(subscription_);
    }

private:
    test::Office& office_;
    std::size_t subscription_ = 0;
    bool hung_ = false;  // the writer's
    bool holds_ = true;
    std::promise<void> hangs_, released_;
};

}  // namespace

TEST_CASE("the desk works on a thread of its own, and who asked goes on where he was", "[admin]") {
    admin::Desk desk;
    const auto here = std::this_thread::get_id();
    const auto ask = [&]() -> Awaitable<bool> {
        const auto there = co_await desk.run([] { return std::this_thread::get_id(); });
        co_return (there != here && there != std::thread::id() && std::this_thread::get_id() == here);
    };
    for (int i = 0; i < 1000; ++i) REQUIRE(test::await(ask()));
}

TEST_CASE("what fails at the desk fails for who asked", "[admin]") {
    admin::Desk desk;
    const auto fail = [&]() -> Awaitable<int> {
        co_return co_await desk.run([]() -> int { throw std::runtime_error("no such journal"); });
    };
    // A thousand times, so that the thread sanitizer sees who still holds what was thrown.
    for (int i = 0; i < 1000; ++i) CHECK_THROWS_WITH(test::await(fail()), "no such journal");
    CHECK(test::await(desk.run([] { return 7; })) == 7);
}

TEST_CASE("the desk does one thing after the other, and what was handed in before it closes", "[admin]") {
    boost::asio::io_context io(1);
    std::vector<int> done;
    std::vector<int> answered;
    {
        admin::Desk desk;
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

TEST_CASE("an order that waits for a disk that hangs holds up neither health nor metrics", "[admin]") {
    test::Office office;
    office.give_up(office.crm, office.commit("lead.created", office.to_crm()));
    HungWriter hung(office);

    const auto order =
        GENERATE(as<std::string>{}, "/api/v1/dead/discard", "/api/v1/dead/retry", "/api/v1/erase");
    CAPTURE(order);
    boost::asio::io_context io(1);
    std::optional<Reply> ordered;
    const std::string body = order.ends_with("erase") ? R"({"email":"ann@example.org"})" : "{}";
    Request request;
    request.method = "POST";
    request.path = order;
    request.body = body;
    boost::asio::co_spawn(io, office.admin->handle(request),
                          [&](std::exception_ptr, Reply reply) { ordered = std::move(reply); });
    io.poll();
    CHECK(office.get("/healthz").status == 200);
    CHECK(office.get("/readyz").status == 200);
    CHECK(office.get("/metrics").status == 200);
    CHECK_FALSE(ordered);

    hung.release();
    io.restart();
    io.run();
    REQUIRE(ordered);
    CHECK(ordered->status == 200);
}

}  // namespace chathook
