#include "admin/retaking.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <future>

#include "admin/office.hpp"

namespace chathook {

namespace {

// Decides by the client's name, as ingest would by the secrets.
Awaitable<Result<journal::Appended>> retake(const journal::Rejection& rejection) {
    if (rejection.client == "genuine") co_return journal::Appended{7, false};
    if (rejection.client == "repeated") co_return journal::Appended{7, true};
    if (rejection.client == "unlucky") co_return Errc::journal_full;
    co_return Errc::wrong_signature;
}

}  // namespace

TEST_CASE("refused requests that prove genuine leave the ledger, and the others stay", "[admin]") {
    test::Office office("", {retake});
    for (const char* client : {"genuine", "repeated", "forged"}) office.reject(client, "A: b\r\n\r\n{}");
    office.reject("not kept", "");
    const auto plan = office.posted("/api/v1/rejections/retry", {{"dry_run", true}});
    CHECK(plan.at("rejections") == 4);
    CHECK(plan.at("kept") == 3);
    CHECK_FALSE(plan.contains("accepted"));
    CHECK(office.rejections().size() == 4);

    const auto done = office.posted("/api/v1/rejections/retry", nlohmann::json::object());
    CHECK(done.at("accepted") == 1);
    CHECK(done.at("duplicates") == 1);
    CHECK(done.at("refused") == 1);
    CHECK(done.at("reasons") == nlohmann::json{{"wrong_signature", 1}});
    const auto left = office.rejections();
    REQUIRE(left.size() == 2);
    CHECK(left[0].at("client") == "forged");
    CHECK(left[1].at("client") == "not kept");
}

TEST_CASE("single refused requests are retried by their numbers", "[admin]") {
    test::Office office("", {retake});
    for (int i = 0; i < 3; ++i) office.reject("genuine", "A: b\r\n\r\n{}");
    const auto done = office.posted("/api/v1/rejections/retry", {{"numbers", {2, 99}}});
    CHECK(done.at("rejections") == 1);
    CHECK(done.at("accepted") == 1);
    CHECK(done.at("not_found") == nlohmann::json::array({99}));
    CHECK_FALSE(office.posted("/api/v1/rejections/retry", {{"dry_run", true}}).contains("not_found"));
    CHECK(office.get("/api/v1/rejections/2").status == 404);
    CHECK(office.get("/api/v1/rejections/3").status == 200);
}

TEST_CASE(
    "a retry that finds the journal full keeps the rest, and what was accepted before leaves the ledger",
    "[admin]") {
    test::Office office("", {retake});
    for (const char* client : {"genuine", "unlucky", "genuine"}) office.reject(client, "A: b\r\n\r\n{}");
    const Reply reply = office.post("/api/v1/rejections/retry", nlohmann::json::object());
    CHECK(reply.status == 503);
    CHECK(reply.body.find("journal_full") != std::string::npos);
    CHECK(office.rejections().size() == 2);
}

TEST_CASE("a person erased during a retry of refused requests does not come back", "[admin]") {
    test::Office* place = nullptr;
    std::future<nlohmann::json> erased;
    const auto overlapped = [&](const journal::Rejection&) -> Awaitable<Result<journal::Appended>> {
        erased = std::async(std::launch::async, [&] {
            return place->posted("/api/v1/erase", {{"email", "ann@example.org"}});
        });
        // An erasure that does not wait for this order would be done soon.
        (void)erased.wait_for(std::chrono::milliseconds(200));
        const auto sequence =
            place->commit("lead.created", place->to_crm(), R"({"email":"ann@example.org"})");
        co_return journal::Appended{sequence, false};
    };
    test::Office office("", {overlapped});
    place = &office;
    office.reject("genuine", "A: b\r\n\r\n{\"email\":\"ann@example.org\"}");
    CHECK(office.posted("/api/v1/rejections/retry", nlohmann::json::object()).at("accepted") == 1);
    const auto receipt = erased.get();
    CHECK(receipt.at("events") == 1);
    CHECK(receipt.at("sealed") == true);
    CHECK(office.got("/api/v1/events").at("events").empty());
    CHECK(office.rejections().empty());
}

TEST_CASE("queries are answered while an order is executed", "[admin]") {
    test::Office* place = nullptr;
    std::size_t seen = 0;
    const auto asks = [&](const journal::Rejection&) -> Awaitable<Result<journal::Appended>> {
        seen = place->got("/api/v1/rejections").at("rejections").size();
        co_return journal::Appended{7, false};
    };
    test::Office office("", {asks});
    place = &office;
    office.reject("genuine", "A: b\r\n\r\n{}");
    CHECK(office.posted("/api/v1/rejections/retry", nlohmann::json::object()).at("accepted") == 1);
    CHECK(seen == 1);
}

TEST_CASE("a daemon that cannot retry requests says so", "[admin]") {
    test::Office office;
    CHECK(office.post("/api/v1/rejections/retry", nlohmann::json::object()).status == 501);
}

}  // namespace chathook
