#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vendors/delivered.hpp"
#include "vendors/tolerance.hpp"

namespace chathook::vendors {
namespace {

using nlohmann::json;

TEST_CASE("a Wonderchat live chat is a handover over live chat") {
    const auto wonderchat = test::make("wonderchat");
    const json event = test::event_of(*wonderchat, test::sample(*wonderchat, "LIVE_CHAT_INITIATED"));
    CHECK(event.at("type") == "handover.requested");
    CHECK(event.at("vendortype") == "LIVE_CHAT_INITIATED");
    CHECK(event.at("time") == "2023-10-15T14:30:00Z");
    CHECK(event.at("subject") == "clm1234567890abcdef");
    CHECK(test::fields_of(event) == json::parse(R"({
        "contact": {"name": "John Doe", "email": "john.doe@example.com", "phone": "+1234567890"},
        "conversation": {"id": "clm1234567890abcdef"},
        "bot": {"id": "clm0987654321fedcba", "name": "Customer Support Bot"},
        "handover": {"channel": "live_chat", "message": "I need help with my order"}})"));
}

TEST_CASE("a Wonderchat message carries what the user said, then what the bot said") {
    const auto wonderchat = test::make("wonderchat");
    const json event = test::event_of(*wonderchat, test::sample(*wonderchat, "USER_MESSAGE_SENT"));
    CHECK(event.at("type") == "message.received");
    CHECK(event.at("vendortype") == "USER_MESSAGE_SENT");
    CHECK(event.at("time") == "2023-10-15T14:35:00Z");
    CHECK(test::fields_of(event) == json::parse(R"({
        "contact": {"name": "John Doe", "email": "john.doe@example.com", "phone": "+1234567890"},
        "conversation": {"id": "clm1234567890abcdef", "messages": [
            {"role": "user", "text": "What are your business hours?"},
            {"role": "bot", "text": "We're open Monday to Friday, 9 AM to 6 PM EST."}]},
        "bot": {"id": "clm0987654321fedcba", "name": "Customer Support Bot"}})"));
}

TEST_CASE("a Wonderchat handover by email carries its priority and the support address") {
    const auto wonderchat = test::make("wonderchat");
    const json event = test::event_of(*wonderchat, test::sample(*wonderchat, "HUMAN_HANDOVER"));
    CHECK(event.at("type") == "handover.requested");
    CHECK(event.at("vendortype") == "HUMAN_HANDOVER");
    CHECK(event.at("time") == "2023-10-15T14:40:00Z");
    CHECK(test::fields_of(event) == json::parse(R"({
        "contact": {"name": "John Doe", "email": "john.doe@example.com", "phone": "+1234567890"},
        "conversation": {"id": "clm1234567890abcdef"},
        "bot": {"id": "clm0987654321fedcba", "name": "Customer Support Bot"},
        "handover": {"channel": "email", "priority": "high", "support_email": "support@example.com",
                     "message": "I need to speak with a human about my complex issue"}})"));
}

TEST_CASE("a Wonderchat priority is low, medium or high, and left out for any other word") {
    const auto wonderchat = test::make("wonderchat");
    const auto priority = [&](const std::string& value) {
        const json event =
            test::event_of(*wonderchat, R"({"event":"HUMAN_HANDOVER","data":{"priority":)" + value + "}}");
        return test::fields_of(event).at("handover").value("priority", "none");
    };
    CHECK(priority("\"LOW\"") == "low");
    CHECK(priority("\"MEDIUM\"") == "medium");
    CHECK(priority("\"HIGH\"") == "high");
    CHECK(priority("\"High\"") == "high");
    CHECK(priority("\"URGENT\"") == "none");
    CHECK(priority("\"HIGHER\"") == "none");
    CHECK(priority("\"\"") == "none");
    CHECK(priority("null") == "none");
}

TEST_CASE("a Wonderchat contact may be absent, null or empty") {
    const auto wonderchat = test::make("wonderchat");
    const json event = test::event_of(
        *wonderchat,
        R"({"event":"LIVE_CHAT_INITIATED","data":{"name":null,"phoneNumber":"","chatbotId":"b"}})");
    CHECK(event.at("subject") == "b");
    CHECK(test::fields_of(event) == json::parse(R"({"bot":{"id":"b"},"handover":{"channel":"live_chat"}})"));
}

TEST_CASE("a Wonderchat test of unknown content is unrecognized and keeps its event name") {
    const auto wonderchat = test::make("wonderchat");
    const json event =
        test::event_of(*wonderchat, R"({"event":"TEST","timestamp":"2023-10-15T14:40:00.000Z"})");
    CHECK(event.at("type") == "unrecognized");
    CHECK(event.at("vendortype") == "TEST");
    CHECK(event.at("time") == "2023-10-15T14:40:00Z");
}

TEST_CASE("Wonderchat gets OK as the answer, and 401 as the refusal") {
    const auto wonderchat = test::make("wonderchat");
    CHECK(wonderchat->accepted().status == 200);
    CHECK(wonderchat->accepted().body == "OK");
    CHECK(wonderchat->refused().status == 401);
}

TEST_CASE(
    "a Wonderchat signature covers the body or its JSON.stringify form, whatever the timestamp header says") {
    const auto wonderchat = test::make("wonderchat");
    // printf '{"event":"TEST"}' | openssl dgst -sha256 -hmac 'a secret of some length'
    for (const auto* body : {R"({"event":"TEST"})", "{\n  \"event\": \"TEST\"\n}"}) {
        const test::SignedRequest sent(
            body,
            {{"X-Wonderchat-Signature", "f0b4e4051e82a04b13d91ea2917c3361aa25f28bd1e70f8402c70449c5162cda"},
             {"X-Wonderchat-Timestamp", "1999-01-01T00:00:00.000Z"}});
        CHECK(wonderchat->verify(sent.request(), test::delivered_at).has_value());
    }
}

TEST_CASE("a Wonderchat webhook is accepted at any age, unless the source has a timestamp_tolerance") {
    test::check_optional_tolerance("wonderchat");
}

}  // namespace
}  // namespace chathook::vendors
