// Several events in one request, from its bytes to the journal.
#include "ingest/parcels.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "ingest/hotel.hpp"
#include "vendors/catalog.hpp"

namespace chathook {

namespace {

using nlohmann::json;

constexpr std::string_view batch = R"yaml(title: Batch
verify: {header: X-Batch}
map:
  each: [[/events]]
  identity: [/id]
  event: /kind
  set: {workspace.id: ^/account}
  events:
    lead: {becomes: lead.created, set: {lead.id: /id, contact.email: /mail}}
)yaml";

// A source `batch`, whose vendor sends several events in one request.
struct Plaza : test::House {
    std::unique_ptr<vendor_file::VendorFile> file = test::file_of("batch", batch);

    Plaza() {
        std::vector<ingest::Source> sources;
        sources.push_back({"batch", "/batch",
                           std::make_unique<verify::Vendor>(file->definition(), test::settings_of("", {})),
                           &metrics->source("batch", "batch"), false});
        ingest->reload(std::make_shared<ingest::Routing>(std::move(sources), std::vector<ingest::Route>{}));
    }

    Reply send(std::string body) {
        const verify::Vendor vendor(file->definition(), test::settings_of("", {}));
        test::TestRequest request;
        request.path = "/batch";
        request.body = std::move(body);
        for (SignedHeader& header : vendor.sign(request.body, "", now()))
            request.headers.emplace_back(std::move(header.name), std::move(header.value));
        return post(std::move(request));
    }
    json event(std::size_t at) { return json::parse(events().at(at).event->line()); }
    std::string body_of(std::uint64_t sequence) {
        return journal->open_reader()->request_of(sequence).value().value().body;
    }
};

const std::string two = R"({ "account":"a1","events":[ {"kind":"lead","id":"1","mail":"one@example.com"},)"
                        "\n"
                        R"({"id":"2","kind":"other"} ] })";

}  // namespace

TEST_CASE("each event of a request is an event of its own, with the request it came in", "[ingest]") {
    Plaza plaza;
    CHECK(plaza.send(two).status == 200);
    REQUIRE(plaza.events().size() == 2);
    const json first = plaza.event(0), second = plaza.event(1);
    CHECK(first["type"] == "lead.created");
    CHECK(first["data"]["lead"]["id"] == "1");
    CHECK(first["data"]["workspace"]["id"] == "a1");
    CHECK(first["data"]["contact"]["email"] == "one@example.com");
    CHECK(first["data"]["original"] == json({{"kind", "lead"}, {"id", "1"}, {"mail", "one@example.com"}}));
    CHECK(first["data"]["request"]["index"] == 0);
    CHECK(first["data"]["request"]["count"] == 2);
    CHECK(second["type"] == "unrecognized");
    CHECK(second["vendortype"] == "other");
    CHECK(second["data"]["request"]["index"] == 1);
    CHECK(second["data"]["request"]["id"] == first["data"]["request"]["id"]);
    CHECK(second["id"] != first["id"]);
    CHECK(plaza.body_of(1) == two);
    CHECK(plaza.body_of(2) == two);
}

TEST_CASE("an event that comes again in another request is the same event", "[ingest]") {
    Plaza plaza;
    const std::string a = R"({"kind":"lead","id":"a"})";
    const std::string b = R"({"kind":"lead","id":"b"})";
    CHECK(plaza.send(R"({"events":[)" + a + "]}").status == 200);
    CHECK(plaza.send(R"({"events":[)" + a + "," + b + "]}").status == 200);
    REQUIRE(plaza.events().size() == 2);
    CHECK(plaza.event(1)["data"]["lead"]["id"] == "b");
    CHECK(plaza.event(1)["data"]["request"]["index"] == 1);
    CHECK(plaza.send(R"({"events":[)" + a + "," + b + "]}").status == 200);
    CHECK(plaza.events().size() == 2);
    CHECK(plaza.body_of(2) == R"({"events":[)" + a + "," + b + "]}");
}

TEST_CASE("a request without events, or with more than 1,000, is one unrecognized event with the whole body",
          "[ingest]") {
    Plaza plaza;
    std::vector<std::string> bodies{R"({"account":"a1"})", R"({"events":[]})", R"({"events":{"id":"1"}})",
                                    "[]"};
    std::string many = R"({"events":[0)";
    for (int i = 0; i < 1000; ++i) many += ",1";
    bodies.push_back(many + "]}");
    for (const std::string& body : bodies) CHECK(plaza.send(body).status == 200);
    REQUIRE(plaza.events().size() == bodies.size());
    for (std::size_t at = 0; at < bodies.size(); ++at) {
        CHECK(plaza.event(at)["type"] == "unrecognized");
        CHECK(plaza.events()[at].event->original() == bodies[at]);
        CHECK_FALSE(plaza.event(at)["data"].contains("request"));
    }
}

TEST_CASE("events without an identity of their own are told apart by their place, and repeat with the body",
          "[ingest]") {
    Plaza plaza;
    const std::string body = R"({"events":[{"kind":"lead"},{"kind":"lead"}]})";
    CHECK(plaza.send(body).status == 200);
    CHECK(plaza.events().size() == 2);
    CHECK(plaza.send(body).status == 200);
    CHECK(plaza.events().size() == 2);
    CHECK(plaza.send(R"({"events":[{"kind":"lead"},{"kind":"lead"}] })").status == 200);
    CHECK(plaza.events().size() == 4);
}

TEST_CASE("a list beside the events is kept with the whole body as an event of its own", "[ingest]") {
    Plaza plaza;
    const std::string body = R"({"events":[{"kind":"lead","id":"1"}],"errors":[{"code":17}]})";
    CHECK(plaza.send(body).status == 200);
    REQUIRE(plaza.events().size() == 2);
    CHECK(plaza.event(0)["type"] == "lead.created");
    CHECK(plaza.event(1)["type"] == "unrecognized");
    CHECK(plaza.events()[1].event->original() == body);
    CHECK(plaza.event(1)["data"]["request"]["count"] == 2);
    CHECK(plaza.body_of(1) == body);
}

TEST_CASE("a body whose events are not to be had byte for byte is not taken apart", "[ingest]") {
    Plaza plaza;
    const std::vector<std::string> bodies{
        "{\"events\":[{\"kind\":\"lead\",\"id\":\"1\"},{\"id\":\"\xFF\"}]}",
        R"({"events":[{"kind":"lead","id":"1"}],"events":[{"kind":"lead","id":"2"}]})"};
    for (const std::string& body : bodies) CHECK(plaza.send(body).status == 200);
    REQUIRE(plaza.events().size() == 2);
    for (std::size_t at = 0; at < bodies.size(); ++at) {
        CHECK(plaza.event(at)["type"] == "unrecognized");
        CHECK(plaza.events()[at].event->original() == bodies[at]);
    }
}

TEST_CASE("events that would repeat a long text around them many times are not taken apart", "[ingest]") {
    Plaza plaza;
    const auto body_of = [](std::size_t around) {
        std::string body =
            R"({"account":")" + std::string(around, 'x') + R"(","events":[{"kind":"lead","id":"0"})";
        for (int i = 1; i < 100; ++i) body += R"(,{"kind":"lead","id":")" + std::to_string(i) + "\"}";
        return body + "]}";
    };
    CHECK(plaza.send(body_of(20'000)).status == 200);
    CHECK(plaza.events().size() == 1);
    CHECK(plaza.event(0)["type"] == "unrecognized");
    CHECK(plaza.send(body_of(200)).status == 200);
    CHECK(plaza.events().size() == 100);
}

}  // namespace chathook
