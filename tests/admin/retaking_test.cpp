#include "admin/retaking.hpp"

#include <catch2/catch.hpp>

#include "admin/office.hpp"

namespace chathook {

namespace {

// Answers by the client's name, as ingest would by the secrets.
Awaitable<Result<journal::Appended>> retake(const journal::Rejection& rejection) {
    if (rejection.client == "genuine") co_return journal::Appended{7, false};
    if (rejection.client == "repeated") co_return journal::Appended{7, true};
    if (rejection.client == "unlucky") co_return Errc::journal_full;
    co_return Errc::wrong_signature;
}

}  // namespace

TEST_CASE("what proves genuine now leaves the ledger, what does not stays", "[admin]") {
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

TEST_CASE("single refused requests are taken again by their numbers", "[admin]") {
    test::Office office("", {retake});
    for (int i = 0; i < 3; ++i) office.reject("genuine", "A: b\r\n\r\n{}");
    const auto done = office.posted("/api/v1/rejections/retry", {{"numbers", {2, 99}}});
    CHECK(done.at("rejections") == 1);
    CHECK(done.at("accepted") == 1);
    CHECK(office.get("/api/v1/rejections/2").status == 404);
    CHECK(office.get("/api/v1/rejections/3").status == 200);
}

TEST_CASE("a journal that is full is no reason to lose what was taken before, nor to refuse what comes after",
          "[admin]") {
    test::Office office("", {retake});
    for (const char* client : {"genuine", "unlucky", "genuine"}) office.reject(client, "A: b\r\n\r\n{}");
    const Reply reply = office.post("/api/v1/rejections/retry", nlohmann::json::object());
    CHECK(reply.status == 503);
    CHECK(reply.body.find("journal_full") != std::string::npos);
    CHECK(office.rejections().size() == 2);
}

TEST_CASE("a daemon that cannot take requests again says so", "[admin]") {
    test::Office office;
    CHECK(office.post("/api/v1/rejections/retry", nlohmann::json::object()).status == 501);
}

}  // namespace chathook
