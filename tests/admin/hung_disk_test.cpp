#include <catch2/catch.hpp>

#include <future>
#include <memory>
#include <optional>
#include <string>

#include "admin/office.hpp"

namespace chathook {

namespace {

// Blocks the journal's writer, like a hanging disk, from the next commit on until destroyed.
class HungWriter {
public:
    explicit HungWriter(test::Office& office) : office_(office) {
        // Earlier commits may be announced late.
        const std::uint64_t before = office_.commit("lead.created");
        subscription_ = office_.journal->subscribe([this, before](std::uint64_t newest) {
            if (hung_ || newest <= before) return;
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
    bool hung_ = false;  // used by the writer's thread
    bool holds_ = true;
    std::promise<void> hangs_, released_;
};

}  // namespace

TEST_CASE("an order that waits for a hanging disk delays neither health nor metrics", "[admin]") {
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
    boost::asio::co_spawn(io, office.admin->handle(request, nullptr),
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

TEST_CASE("recorded rejections are listed while the disk hangs", "[admin]") {
    test::Office office;
    office.reject("192.0.2.1", "");
    HungWriter hung(office);
    office.refuse("192.0.2.2", "");
    CHECK(office.rejections().size() == 1);
    hung.release();
    CHECK(office.rejections().size() == 2);
}

}  // namespace chathook
