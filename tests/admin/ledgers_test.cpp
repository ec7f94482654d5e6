#include "admin/ledgers.hpp"

#include <catch2/catch.hpp>

#include "admin/office.hpp"

namespace chathook {

TEST_CASE("one event is found by its id or its sequence, with what became of it at each sink", "[admin]") {
    test::Office office;
    const auto sequence = office.commit("lead.created", office.to_both());
    office.commit("lead.updated");
    office.deliver(office.crm, sequence);
    office.give_up(office.archive, sequence);
    const auto by_sequence = office.got("/api/v1/events/1");
    CHECK(by_sequence.at("event").at("type") == "lead.created");
    CHECK(office.got("/api/v1/events/" + by_sequence.at("event").at("id").get<std::string>()) == by_sequence);
    const auto& sinks = by_sequence.at("sinks");
    REQUIRE(sinks.size() == 2);
    CHECK(sinks[0] == nlohmann::json{{"sink", "crm"}, {"state", "delivered"}});
    CHECK(sinks[1].at("state") == "dead");
    CHECK(sinks[1].at("attempts") == 3);
    CHECK(sinks[1].at("reason") == "status 400");
    for (const char* nobody : {"/api/v1/events/3", "/api/v1/events/0", "/api/v1/events/x"}) {
        INFO(nobody);
        CHECK(office.get(nobody).status == 404);
    }
}

TEST_CASE("an event that was forgotten is not mistaken for its neighbour", "[admin]") {
    test::Office office;
    for (int i = 0; i < 3; ++i) office.commit("lead.created");
    REQUIRE(office.journal->erase({2}, {}).value().events == 1);
    CHECK(office.get("/api/v1/events/2").status == 404);
    CHECK(office.get("/api/v1/events/3").status == 200);
}

TEST_CASE("dead letters are listed with their reason, and shown one by one", "[admin]") {
    test::Office office;
    for (int i = 0; i < 2; ++i) {
        const auto sequence = office.commit("lead.created", office.to_both());
        office.give_up(office.crm, sequence);
        if (i == 0) office.give_up(office.archive, sequence);
    }
    CHECK(office.got("/api/v1/dead").at("dead").size() == 3);
    const auto archived = office.got("/api/v1/dead", "sink=archive").at("dead");
    REQUIRE(archived.size() == 1);
    CHECK(archived[0].at("sequence") == 1);
    CHECK(archived[0].at("attempts") == 3);
    CHECK(archived[0].at("reason") == "status 400");
    CHECK(archived[0].at("event").at("type") == "lead.created");
    CHECK(office.got("/api/v1/dead/archive/1") == archived[0]);
    CHECK(office.got("/api/v1/dead/archive/" + archived[0].at("event").at("id").get<std::string>()) ==
          archived[0]);
    for (const char* nobody : {"/api/v1/dead/archive/2", "/api/v1/dead/other/1", "/api/v1/dead/archive"}) {
        INFO(nobody);
        CHECK(office.get(nobody).status == 404);
    }
}

TEST_CASE("refused requests are listed, and shown with their bytes where these were kept", "[admin]") {
    test::Office office;
    office.reject("192.0.2.1", "Host: a\r\n\r\n{}");
    const auto listed = office.got("/api/v1/rejections", "reason=wrong_signature").at("rejections").at(0);
    CHECK(listed.at("number") == 1);
    CHECK(listed.at("client") == "192.0.2.1");
    CHECK(listed.at("headers") == "host, x-lynn-hmac-sha256");
    CHECK(listed.at("body_sha256").get<std::string>().starts_with("abab"));
    CHECK(listed.at("kept") == true);
    CHECK_FALSE(listed.contains("request_base64"));
    CHECK(office.got("/api/v1/rejections/1").at("request_base64") == "SG9zdDogYQ0KDQp7fQ==");
    CHECK(office.got("/api/v1/rejections", "reason=stale_timestamp").at("rejections").empty());
    CHECK(office.get("/api/v1/rejections/2").status == 404);
    CHECK(office.get("/api/v1/rejections/first").status == 404);
}

TEST_CASE("the sinks are listed with what each of them waits for", "[admin]") {
    test::Office office;
    office.commit("lead.created", office.to_both());
    office.give_up(office.crm, office.commit("lead.created", office.to_crm()));
    office.deliver(office.crm, 1);
    REQUIRE(office.journal->redeliver(office.crm, {1}).value() == 1);
    const auto sinks = office.got("/api/v1/sinks").at("sinks");
    REQUIRE(sinks.size() == 2);
    CHECK(sinks[0].at("sink") == "crm");
    CHECK(sinks[0].at("again") == 1);
    CHECK(sinks[0].at("dead") == 1);
    CHECK(sinks[1].at("waiting") == 1);
    CHECK(sinks[1].at("configured") == true);
    CHECK(sinks[1].contains("oldest"));
}

}  // namespace chathook
