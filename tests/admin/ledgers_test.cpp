#include "admin/ledgers.hpp"

#include <catch2/catch.hpp>

#include "admin/office.hpp"

namespace chathook {

TEST_CASE("an event is found by its id or its sequence, with its state at each sink", "[admin]") {
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

TEST_CASE("an event that is no longer kept is not mistaken for the next one", "[admin]") {
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

TEST_CASE("refused requests are listed, and shown with their bytes if these were kept", "[admin]") {
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

TEST_CASE("the sinks are listed with their backlogs", "[admin]") {
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

TEST_CASE("a sink that fails is listed with the cause, since when, and when it is tried again", "[admin]") {
    const Instant since = *parse_rfc3339("2026-11-29T10:00:00Z");
    const auto status = [&] {
        return std::vector<dispatch::SinkStatus>{
            {"crm", true, "HTTP 503", since, since + std::chrono::minutes(5), 7, true}, {.name = "archive"}};
    };
    test::Office office("", {.sink_status = status});
    const auto sinks = office.got("/api/v1/sinks").at("sinks");
    REQUIRE(sinks.size() == 2);
    CHECK(sinks[0].at("state") == "failing");
    CHECK(sinks[0].at("reason") == "HTTP 503");
    CHECK(sinks[0].at("since") == "2026-11-29T10:00:00.000000Z");
    CHECK(sinks[0].at("next_try") == "2026-11-29T10:05:00.000000Z");
    CHECK(sinks[0].at("failures") == 7);
    CHECK(sinks[0].at("breaker_open") == true);
    CHECK(sinks[1].at("state") == "working");
    CHECK_FALSE(sinks[1].contains("reason"));
}

TEST_CASE("a request that was refused before the question is in the list, can be shown and taken again",
          "[admin]") {
    const auto retake = [](const journal::Rejection&) -> Awaitable<Result<journal::Appended>> {
        co_return journal::Appended{7, false};
    };
    test::Office office("", {.retake = retake});
    for (std::uint64_t number = 1; number <= 20; ++number) {
        office.refuse("192.0.2.1", "A: b\r\n\r\n{}");
        if (number % 2 == 0) REQUIRE(office.rejections().size() == number);
        REQUIRE(office.get("/api/v1/rejections/" + std::to_string(number)).status == 200);
    }
    office.refuse("192.0.2.1", "A: b\r\n\r\n{}");
    CHECK(office.posted("/api/v1/rejections/retry", nlohmann::json::object()).at("accepted") == 21);
}

TEST_CASE("a query for dead letters of an unknown sink is a 404 that names the known sinks", "[admin]") {
    test::Office office;
    for (const auto& [path, query] : {std::pair{"/api/v1/dead", "sink=crn"}, {"/api/v1/dead/crn/1", ""}}) {
        INFO(path);
        const Reply reply = office.get(path, query);
        CHECK(reply.status == 404);
        CHECK(nlohmann::json::parse(reply.body).at("error") ==
              "sink: unknown name 'crn'; there are: crm, archive");
    }
    CHECK(office.get("/api/v1/dead", "sink=crm").status == 200);
}

TEST_CASE("an unknown vendor or reason is refused with the known ones, in every query", "[admin]") {
    const auto vendors = [] { return std::vector<std::string>{"lynn", "chatbase"}; };
    test::Office office("", {.retake = {}, .vendors = vendors});
    const std::string no_vendor = "vendor: unknown name 'lyn'; there are: lynn, chatbase";
    for (const char* path : {"/api/v1/events", "/api/v1/dead", "/api/v1/stream"}) {
        INFO(path);
        const Reply reply = office.get(path, "vendor=lyn");
        CHECK(reply.status == 400);
        CHECK(nlohmann::json::parse(reply.body).at("error") == no_vendor);
        CHECK(office.get(path, "vendor=lynn").status == 200);
    }
    for (const char* path : {"/api/v1/events/replay", "/api/v1/dead/retry", "/api/v1/dead/discard"}) {
        INFO(path);
        CHECK(office.posted(path, {{"sink", "crm"}, {"vendor", "lyn"}}).at("error") == no_vendor);
        CHECK(office.post(path, {{"sink", "crm"}, {"vendor", "lynn"}}).status == 200);
    }
    const std::string no_reason = "reason: unknown name 'wrong_sig'; there are: missing_signature, ";
    CHECK(office.got("/api/v1/rejections", "reason=wrong_sig")
              .at("error")
              .get<std::string>()
              .starts_with(no_reason));
    CHECK(office.get("/api/v1/rejections", "reason=bad_chunk").status == 200);
    CHECK(office.posted("/api/v1/rejections/retry", {{"reason", "wrong_sig"}, {"dry_run", true}})
              .at("error")
              .get<std::string>()
              .starts_with(no_reason));
    // It may have been configured once.
    CHECK(office.got("/api/v1/events", "source=gone").at("events").empty());
}

}  // namespace chathook
