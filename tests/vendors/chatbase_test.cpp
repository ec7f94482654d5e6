#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vendors/delivered.hpp"

namespace chathook::vendors {
namespace {

using nlohmann::json;

TEST_CASE("a Chatbase lead carries the contact, the conversation and the chatbot") {
    const auto chatbase = test::make("chatbase");
    const json event = test::event_of(*chatbase, test::sample(*chatbase, "leads.submit"));
    CHECK(event.at("type") == "lead.created");
    CHECK(event.at("vendortype") == "leads.submit");
    CHECK(event.at("subject") == "xxxxxxxx");
    CHECK(event.at("time") == "2027-01-15T08:00:00Z");
    CHECK(test::fields_of(event) == json::parse(R"({
        "contact": {"name": "Example", "email": "customer@example.com", "phone": "123"},
        "conversation": {"id": "xxxxxxxx"}, "bot": {"id": "xxxxxxxx"}})"));
}

TEST_CASE("a Chatbase lead without its conversation is about the chatbot") {
    const auto chatbase = test::make("chatbase");
    const json event = test::event_of(*chatbase, R"({"eventType":"leads.submit","chatbotId":"bot","payload":
        {"customerEmail":"","customerName":null,"customerPhone":15550100}})");
    CHECK(event.at("subject") == "bot");
    CHECK(test::fields_of(event) == json::parse(R"({"contact":{"phone":"15550100"},"bot":{"id":"bot"}})"));
}

TEST_CASE("a Chatbase event of another name is unrecognized and keeps its name") {
    const auto chatbase = test::make("chatbase");
    const json event =
        test::event_of(*chatbase, R"({"eventType":"tickets.open","payload":{"customerName":"A"}})");
    CHECK(event.at("type") == "unrecognized");
    CHECK(event.at("vendortype") == "tickets.open");
    CHECK(test::fields_of(event).empty());
}

TEST_CASE("Chatbase gets the answers of its own sample") {
    const auto chatbase = test::make("chatbase");
    CHECK(chatbase->accepted().status == 200);
    CHECK(chatbase->accepted().body == "OK");
    CHECK(chatbase->refused().status == 400);
    CHECK(chatbase->refused().body == R"({"message":"Signature didn't match"})");
}

TEST_CASE("a Chatbase signature is HMAC-SHA1 over the body or its JSON.stringify form") {
    const auto chatbase = test::make("chatbase");
    // printf '{"eventType":"leads.submit"}' | openssl dgst -sha1 -hmac 'a secret of some length'
    const std::vector<SignedHeader> headers{
        {"x-chatbase-signature", "1618475a05aba66e6d2c78eaff93e124a66975ce"}};
    for (const auto* body :
         {R"({"eventType":"leads.submit"})", "{ \"eventType\": \"leads\\u002Esubmit\" }"}) {
        const test::SignedRequest sent(body, headers);
        const auto verified = chatbase->verify(sent.request(), test::delivered_at);
        REQUIRE(verified.has_value());
        CHECK(verified->body() == R"({"eventType":"leads.submit"})");
        CHECK(chatbase->normalize(*verified).type == "lead.created");
    }
}

}  // namespace
}  // namespace chathook::vendors
