#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vendors/delivered.hpp"

namespace chathook::vendors {
namespace {

using nlohmann::json;
using test::event_of;
using test::fields_of;

TEST_CASE("a Lynn handover carries the conversation and the contact") {
    const auto lynn = test::make("lynn");
    const json event = event_of(*lynn, test::sample(*lynn, "handover"));
    CHECK(event.at("type") == "handover.requested");
    CHECK(event.at("vendortype") == "handover");
    CHECK(event.at("time") == "2023-11-23T07:48:59.4Z");
    CHECK(event.at("subject") == "clP5fVfvHISpzpLkJub2");
    CHECK(fields_of(event) == json::parse(R"({
        "contact": {"email": "visitor@example.com"},
        "conversation": {"id": "clP5fVfvHISpzpLkJub2", "messages": [
            {"role": "user", "text": "Hi"},
            {"role": "bot", "text": "Hello! How can I assist you today?"},
            {"role": "user", "text": "I need human support"},
            {"role": "bot",
             "text": "Sure, would you be able to share your email address for our awesome )"
                                          R"(support team to get back?"},
            {"role": "user", "text": "Here's my email address - visitor@example.com."},
            {"role": "bot", "text": "Well received, thank you!"}]},
        "workspace": {"id": "04JchTJQCSG4GyYobqi1"},
        "handover": {"channel": "webhook"}})"));
}

TEST_CASE("a Lynn handover keeps the widget, resources and other speakers") {
    const auto lynn = test::make("lynn");
    const json event =
        event_of(*lynn, R"({"conversationId":"c","widgetId":"w","createdAt":"2023-11-23T07:48:23.119Z",
        "updatedAt":null,"messages":[{"text":"a","senderRole":"operator"},{"text":"b","senderRole":"system"},
        {"senderRole":"lynn","resources":[{"url":"https://example.com/a"}]},{"text":"c"},"odd",7]})");
    CHECK(event.at("time") == "2023-11-23T07:48:23.119Z");
    CHECK(fields_of(event).at("widget") == json::parse(R"({"id":"w"})"));
    CHECK(fields_of(event).at("conversation").at("messages") == json::parse(R"([
        {"role":"agent","text":"a"},{"role":"system","text":"b"},
        {"role":"bot","resources":[{"url":"https://example.com/a"}]},{"role":"agent","text":"c"}])"));
}

TEST_CASE("a Lynn body is recognised by its conversation id or its messages") {
    const auto lynn = test::make("lynn");
    CHECK(event_of(*lynn, R"({"conversationId":"c"})").at("type") == "handover.requested");
    CHECK(event_of(*lynn, R"({"messages":[]})").at("type") == "handover.requested");
    CHECK(event_of(*lynn, R"({"conversationId":7,"messages":{}})").at("type") == "unrecognized");
    CHECK_FALSE(event_of(*lynn, R"({"conversationId":""})").contains("vendortype"));
}

TEST_CASE("Lynn gets its status as the answer, and 401 as the refusal") {
    const auto lynn = test::make("lynn");
    CHECK(lynn->accepted().status == 200);
    CHECK(lynn->accepted().body == R"({"status":"success"})");
    CHECK(lynn->refused().status == 401);
}

TEST_CASE("a Lynn signature is accepted in hex and in base64") {
    const auto lynn = test::make("lynn");
    // printf '{"conversationId":"c"}' | openssl dgst -sha256 -hmac 'a secret of some length'
    const std::string body = R"({"conversationId":"c"})";
    for (const auto* mac : {"724c44ec2018bef8f45a9495db329dd47fea044539829f05e5a385f8245e7cf9",
                            "ckxE7CAYvvj0WpSV2zKd1H/qBEU5gp8F5aOF+CRefPk="}) {
        const test::SignedRequest sent(body, {{"X-Lynn-Hmac-Sha256", mac}});
        CHECK(lynn->verify(sent.request(), test::delivered_at).has_value());
    }
}

}  // namespace
}  // namespace chathook::vendors
