#include "admin/admin.hpp"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>
#include <vector>

#include "admin/office.hpp"

namespace chathook {

TEST_CASE("/healthz names the digest of what verifies webhooks, where that is known", "[admin]") {
    test::Office office("", {.retake = {}, .fingerprint = [] { return std::string("0123456789abcdef"); }});
    CHECK(nlohmann::json::parse(office.get("/healthz").body).at("vendors") == "0123456789abcdef");
    test::Office without;
    CHECK(without.get("/healthz").body == R"({"status":"alive"})");
}

TEST_CASE("/healthz is 200, and /readyz says why not when the journal has stopped", "[admin]") {
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

TEST_CASE("events are listed oldest first, filtered, and unchanged", "[admin]") {
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

TEST_CASE("with a token set, everything but the probes and the web page requires exactly it", "[admin]") {
    test::Office office("the-token-of-the-office");
    CHECK(office.get("/healthz").status == 200);
    CHECK(office.get("/readyz").status == 200);
    for (const char* path : {"/metrics", "/api/v1/events", "/api/v1/events/1", "/api/v1/dead",
                             "/api/v1/sinks", "/api/v1/status"}) {
        INFO(path);
        CHECK(office.get(path).status == 401);
        CHECK(office.get(path, "", "the-token-of-the-offic").status == 401);
        CHECK(office.get(path, "", "the-token-of-the-office ").status == 401);
        CHECK(office.get(path, "", "the-token-of-the-office").status != 401);
    }
    CHECK(office.get("/metrics", "", "the-token-of-the-office").status == 200);
    CHECK(office.post("/api/v1/erase", {{"email", "a@b.c"}}).status == 401);
}

TEST_CASE("a query is a GET without a body, an order a POST with one, and unknown paths are 404", "[admin]") {
    test::Office office;
    Request request;
    request.method = "POST";
    request.path = "/metrics";
    CHECK(office.admit(request, {})->status == 405);
    CHECK(office.admit(request, {})->allow == "GET, HEAD");
    request.method = "GET";
    CHECK(office.admit(request, {.content_length = 3, .chunked = false})->status == 400);
    request.path = "/api/v1/erase";
    CHECK(office.admit(request, {})->status == 405);
    CHECK(office.admit(request, {})->allow == "POST");
    for (const char* path :
         {"/webhooks/lynn", "/api/v1/events/", "/api/v1/dead/", "/api/v1/", "/metrics/x"}) {
        INFO(path);
        CHECK(office.get(path).status == 404);
    }
    CHECK(office.get("/api/v1/events", "limit=x").status == 400);
}

TEST_CASE("the web page is served without the token, but not under a foreign name", "[admin]") {
    test::Office open;
    test::Office guarded("the-token-of-the-office");
    const Field foreign[] = {{"Host", "rebound.example"}};
    for (const char* path : {"/", "/page/app.js", "/page/style.css"}) {
        INFO(path);
        CHECK(open.get(path).status == 200);
        CHECK(guarded.get(path).status == 200);
        Request request;
        request.method = "GET";
        request.path = path;
        request.fields = foreign;
        CHECK(open.ask(request).status == 421);
        CHECK(guarded.ask(request).status == 200);
    }
    CHECK(open.get("/").content_type == "text/html; charset=utf-8");
    CHECK(open.get("/page/app.js").content_type == "text/javascript; charset=utf-8");
    CHECK(open.get("/").body.find("<script type=\"module\" src=\"/page/app.js\">") != std::string::npos);
    for (const char* path : {"/page", "/page/", "/page/app", "/page/../app.js", "/index.html"}) {
        INFO(path);
        CHECK(open.get(path).status == 404);
    }
}

TEST_CASE("an order is refused when a web page of another site may have sent it", "[admin]") {
    test::Office office;
    std::vector<Field> fields{{"Host", "127.0.0.1:9464"}, {"Content-Type", "application/json"}};
    const auto status = [&] {
        Request request;
        request.method = "POST";
        request.path = "/api/v1/erase";
        request.fields = fields;
        const auto reply = office.admit(request, {.content_length = 2, .chunked = false});
        return reply ? reply->status : 200;
    };
    CHECK(status() == 200);
    fields.push_back({"Origin", "http://127.0.0.1:9464"});
    CHECK(status() == 200);
    fields[2].value = "https://evil.example";
    CHECK(status() == 403);
    fields.pop_back();
    fields[1].value = "text/plain";
    CHECK(status() == 415);
    fields[1].value = "application/json";
    fields[0].value = "evil.example:9464";
    CHECK(status() == 421);
}

TEST_CASE("a query from a page of another site is refused before any work", "[admin]") {
    test::Office office;
    std::vector<Field> fields{{"Host", "127.0.0.1:9464"}, {"Sec-Fetch-Site", "cross-site"}};
    Request request;
    request.method = "GET";
    request.fields = fields;
    for (const char* path : {"/api/v1/events", "/api/v1/events/1", "/api/v1/stream", "/api/v1/dead",
                             "/api/v1/rejections", "/api/v1/sinks", "/api/v1/status", "/metrics"}) {
        INFO(path);
        request.path = path;
        const auto reply = office.admit(request, {});
        REQUIRE(reply.has_value());
        CHECK(reply->status == 403);
    }
    for (const char* path : {"/", "/healthz", "/readyz"}) {  // reached by a link to the page
        INFO(path);
        request.path = path;
        CHECK_FALSE(office.admit(request, {}).has_value());
    }
    fields[1] = {"Origin", "https://evil.example"};
    for (const char* path : {"/api/v1/events", "/metrics"}) {
        INFO(path);
        request.path = path;
        CHECK(office.admit(request, {})->status == 403);
        request.fields = std::span(fields).first(1);  // a collector names no Origin
        CHECK_FALSE(office.admit(request, {}).has_value());
        request.fields = fields;
    }
}

TEST_CASE("answers of the API are closed to other sites and caches, and a stream is not buffered",
          "[admin]") {
    test::Office office;
    office.commit("lead.created");
    const auto field = [](const Reply& reply, std::string_view name) {
        return header(reply.fields, name).value;
    };
    for (const char* path : {"/api/v1/events", "/api/v1/events/1", "/api/v1/events/2", "/api/v1/sinks",
                             "/api/v1/status", "/metrics", "/api/v1/stream", "/nowhere"}) {
        INFO(path);
        const Reply reply = office.get(path);
        CHECK(field(reply, "X-Content-Type-Options") == "nosniff");
        CHECK(field(reply, "Cross-Origin-Resource-Policy") == "same-origin");
        CHECK(field(reply, "Cache-Control").find("no-store") != std::string_view::npos);
    }
    CHECK(field(office.get("/api/v1/stream"), "X-Accel-Buffering") == "no");
    CHECK(office.get("/api/v1/stream", "after=x").status == 400);
}

TEST_CASE("a query string that is not read, as of an order, is refused with the parameter's name",
          "[admin]") {
    test::Office office;
    office.commit("lead.created", office.to_crm(), R"({"email":"ann@example.org"})");
    for (const char* order : {"/api/v1/erase", "/api/v1/dead/discard", "/api/v1/dead/retry",
                              "/api/v1/events/replay", "/api/v1/rejections/retry"}) {
        Request request;
        request.method = "POST";
        request.path = order;
        request.query = "dry_run=true&sink=crm";
        request.body = R"({"email":"ann@example.org"})";
        http::Incoming incoming;
        incoming.content_length = request.body.size();
        INFO(order);
        const Reply reply = office.ask(request, incoming);
        CHECK(reply.status == 400);
        CHECK(reply.body ==
              R"({"error":"dry_run: no parameter is read here; an order says all in its JSON body"})");
    }
    CHECK(office.got("/api/v1/events").at("events").size() == 1);
    CHECK(office.get("/api/v1/sinks", "sink=crm").status == 400);
    CHECK(office.get("/api/v1/status", "sink=crm").status == 400);
    CHECK(office.get("/api/v1/events/1", "x=1").status == 400);
}

TEST_CASE("an order must have a length of at most a mebibyte", "[admin]") {
    test::Office office;
    const Field fields[] = {{"Content-Type", "application/json"}};
    Request request;
    request.method = "POST";
    request.path = "/api/v1/erase";
    request.fields = fields;
    CHECK(office.admit(request, {})->status == 411);
    CHECK(office.admit(request, {.content_length = (1u << 20) + 1, .chunked = false})->status == 413);
    CHECK_FALSE(office.admit(request, {.content_length = 1u << 20, .chunked = false}).has_value());
}

TEST_CASE("without a token, data is served only under this machine's own names", "[admin]") {
    test::Office open;
    test::Office guarded("the-token-of-the-office");
    const Field fields[] = {{"Host", "rebound.example"}, {"Authorization", "Bearer the-token-of-the-office"}};
    Request request;
    request.method = "GET";
    request.fields = fields;
    request.path = "/api/v1/events";
    CHECK(open.ask(request).status == 421);
    CHECK(guarded.ask(request).status == 200);
    for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
        request.path = path;
        CHECK(open.ask(request).status == 200);
    }
}

}  // namespace chathook
