#include "admin/admin.hpp"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "admin/office.hpp"

namespace chathook {

TEST_CASE("health says alive, and readiness says why not when the journal has stopped", "[admin]") {
    test::Office office;
    CHECK(office.get("/healthz").status == 200);
    CHECK(office.get("/readyz").status == 200);
    office.journal->stop();
    const Reply reply = office.get("/readyz");
    CHECK(reply.status == 503);
    CHECK_FALSE(nlohmann::json::parse(reply.body).at("reason").get<std::string>().empty());
    CHECK(office.get("/healthz").status == 200);
}

TEST_CASE("metrics are in the Prometheus text format", "[admin]") {
    test::Office office;
    const Reply reply = office.get("/metrics");
    CHECK(reply.content_type.starts_with("text/plain; version=0.0.4"));
    CHECK(reply.body.find("# TYPE chathook_build_info gauge") != std::string::npos);
}

TEST_CASE("events are listed oldest first, filtered, and as they were written", "[admin]") {
    test::Office office;
    office.commit("lead.created");
    office.commit("handover.requested");
    office.commit("lead.updated");
    const auto all = nlohmann::json::parse(office.get("/api/v1/events").body).at("events");
    REQUIRE(all.size() == 3);
    CHECK(all[0].at("sequence") == 1);
    CHECK(all[0].at("event").at("type") == "lead.created");
    const auto leads =
        nlohmann::json::parse(office.get("/api/v1/events", "type=lead.*&after=1").body).at("events");
    REQUIRE(leads.size() == 1);
    CHECK(leads[0].at("event").at("type") == "lead.updated");
    const auto newest =
        nlohmann::json::parse(office.get("/api/v1/events", "newest=1&limit=1").body).at("events");
    REQUIRE(newest.size() == 1);
    CHECK(newest[0].at("sequence") == 3);
}

TEST_CASE("with a token set, everything but the probes asks for exactly it", "[admin]") {
    test::Office office("the-token-of-the-office");
    CHECK(office.get("/healthz").status == 200);
    CHECK(office.get("/readyz").status == 200);
    for (const char* path : {"/metrics", "/api/v1/events"}) {
        INFO(path);
        CHECK(office.get(path).status == 401);
        CHECK(office.get(path, "", "the-token-of-the-offic").status == 401);
        CHECK(office.get(path, "", "the-token-of-the-office ").status == 401);
        CHECK(office.get(path, "", "the-token-of-the-office").status == 200);
    }
}

TEST_CASE("the admin address answers GET only, knows its paths only, and takes no body", "[admin]") {
    test::Office office;
    Request request;
    request.method = "POST";
    request.path = "/metrics";
    CHECK(office.admin->admit(request, {})->status == 405);
    CHECK(office.admin->admit(request, {})->allow == "GET, HEAD");
    request.method = "GET";
    CHECK(office.admin->admit(request, {.content_length = 3, .chunked = false})->status == 400);
    CHECK(office.get("/webhooks/lynn").status == 404);
    CHECK(office.get("/api/v1/events", "limit=x").status == 400);
}

}  // namespace chathook
