#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vendors/delivered.hpp"

namespace chathook::vendors {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

TEST_CASE("a Newoaks lead carries the contact, the remark, its origin and the session") {
    const auto newoaks = test::make("newoaks");
    const json event = test::event_of(*newoaks, test::sample(*newoaks, "Lead"));
    CHECK(event.at("type") == "lead.created");
    CHECK(event.at("vendortype") == "Lead");
    CHECK(event.at("subject") == "31305");
    CHECK(event.at("time") == "2023-11-23T18:36:21.512302Z");
    CHECK(test::fields_of(event) == json::parse(R"({
        "contact": {"first_name": "David", "last_name": "Garcia", "email": "david@example.com"},
        "conversation": {"id": "31305"}, "bot": {"id": "59001dd73709417321c58b11693183a2"},
        "lead": {"note": "test", "source_url": "www.google.com"}})"));
}

TEST_CASE("a Newoaks appointment carries its details") {
    const auto newoaks = test::make("newoaks");
    const json event = test::event_of(*newoaks, test::sample(*newoaks, "Appointment"));
    CHECK(event.at("type") == "appointment.created");
    CHECK(event.at("vendortype") == "Appointment");
    CHECK(event.at("time") == "2023-11-24T09:05:00.004Z");
    CHECK(test::fields_of(event) == json::parse(R"({
        "contact": {"first_name": "David", "last_name": "Garcia", "email": "david@example.com",
                    "phone": "+15550100"},
        "conversation": {"id": "31306"}, "bot": {"id": "59001dd73709417321c58b11693183a2"},
        "appointment": {"note": "2023-11-27 14:00, first visit", "source_url": "www.example.com"}})"));
}

TEST_CASE("a Newoaks body of another type is unrecognized and keeps its type and time") {
    const auto newoaks = test::make("newoaks");
    const json event = test::event_of(*newoaks, R"({"Type":"Chat","CreateTime":"2023-11-24T09:05:00Z"})");
    CHECK(event.at("type") == "unrecognized");
    CHECK(event.at("vendortype") == "Chat");
    CHECK(event.at("time") == "2023-11-24T09:05:00Z");
}

TEST_CASE("Newoaks gets exactly the status that it reads") {
    const auto newoaks = test::make("newoaks");
    CHECK(newoaks->accepted().status == 200);
    CHECK(newoaks->accepted().body == R"({"status":"success"})");
    CHECK(newoaks->accepted().content_type == "application/json");
    CHECK(newoaks->refused().status == 401);
}

TEST_CASE("a Newoaks signature covers the time as sent and the body or its JSON.stringify form") {
    const auto newoaks = test::make("newoaks");
    // printf '1800000000.{"Type":"Lead"}' | openssl dgst -sha256 -hmac 'a secret of some length'
    const std::vector<SignedHeader> headers{
        {"X-Webhook-Signature",
         "t=1800000000,v1=41fc87cb106962269ba83e0a96ea248281decb8bc5a6d13cf7a922f095ea6e70"}};
    for (const auto* body : {R"({"Type":"Lead"})", "{\"Type\" : \"\\u004Cead\"}\n"}) {
        const test::SignedRequest sent(body, headers);
        CHECK(newoaks->verify(sent.request(), test::delivered_at).has_value());
    }
}

TEST_CASE(
    "a Newoaks retry after four minutes with its first time is accepted, a replay after an hour is not") {
    const auto newoaks = test::make("newoaks");
    const std::string body = test::sample(*newoaks, "Lead");
    const test::SignedRequest sent(body, newoaks->sign(body, "", test::delivered_at));
    CHECK(newoaks->verify(sent.request(), test::delivered_at + 4min).has_value());
    CHECK(newoaks->verify(sent.request(), test::delivered_at + 1h).error() == Errc::stale_timestamp);
}

}  // namespace
}  // namespace chathook::vendors
