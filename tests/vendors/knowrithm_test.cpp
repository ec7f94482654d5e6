#include <iterator>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vendors/delivered.hpp"
#include "vendors/tolerance.hpp"

namespace chathook::vendors {
namespace {

using nlohmann::json;

struct Expected {
    std::string_view sample;
    std::string_view type;
    std::string_view time;
    std::string_view subject;
    std::string_view fields;
};

constexpr Expected every_event[] = {
    {"lead.created", "lead.created", "2024-05-21T10:30:00Z", "lead_123abc", R"({
        "contact": {"first_name": "John", "last_name": "Doe", "email": "john.doe@example.com",
                    "phone": "+1234567890"},
        "lead": {"id": "lead_123abc", "source": "website_chat", "company_id": "company_456def"}})"},
    {"lead.registered", "lead.created", "2025-09-01T12:04:00Z", "lead_123abc", R"({
        "contact": {"first_name": "John", "last_name": "Doe", "email": "john.doe@example.com",
                    "phone": "+1234567890"},
        "lead": {"id": "lead_123abc", "source": "website_chat", "company_id": "company_456def"}})"},
    {"lead.updated", "lead.updated", "2025-09-01T12:10:00Z", "lead_123abc", R"({
        "contact": {"first_name": "John", "last_name": "Doe", "email": "john.doe@example.com",
                    "phone": "+1234567890"},
        "lead": {"id": "lead_123abc", "status": "contacted", "source": "website_chat",
                 "company_id": "company_456def", "note": "Asked for a quote"}})"},
    {"lead.status.updated", "lead.updated", "2024-05-22T08:00:00Z", "lead_123abc", R"({
        "contact": {"first_name": "John", "last_name": "Doe", "email": "john.doe@example.com"},
        "lead": {"id": "lead_123abc", "status": "qualified", "source": "website_chat",
                 "company_id": "company_456def"}})"},
    {"message.received", "message.received", "2024-01-15T10:31:00Z", "conv_456", R"({
        "conversation": {"id": "conv_456",
                         "messages": [{"role": "user", "text": "I need help with my recent order"}]},
        "agent": {"id": "agent_123"}})"},
    {"message.sent", "message.sent", "2024-01-15T10:31:04Z", "conv_456", R"({
        "conversation": {"id": "conv_456",
                         "messages": [{"role": "bot", "text": "Let me connect you with a human agent."}]},
        "agent": {"id": "agent_123"}})"},
    {"conversation.started", "conversation.started", "2024-01-15T10:30:00Z", "conv_456", R"({
        "conversation": {"id": "conv_456"}, "lead": {"id": "lead_789"}, "agent": {"id": "agent_123"}})"},
    {"conversation.ended", "conversation.ended", "2024-01-15T10:45:00Z", "conv_456", R"({
        "conversation": {"id": "conv_456", "rating": 2}, "lead": {"id": "lead_789"},
        "agent": {"id": "agent_123"}})"},
    {"agent.created", "agent.created", "2024-01-15T10:30:00Z", "agent_123", R"({
        "agent": {"id": "agent_123", "name": "Customer Support Bot"}})"},
    {"agent.updated", "agent.updated", "2025-09-02T09:00:00Z", "agent_123", R"({
        "agent": {"id": "agent_123", "name": "Customer Support Bot"}})"},
    {"document.processed", "document.processed", "2024-01-15T11:00:00Z", "doc_321", R"({
        "document": {"id": "doc_321"}, "agent": {"id": "agent_123"}})"},
};

TEST_CASE("each Knowrithm event has its type, time, subject and fields") {
    const auto knowrithm = test::make("knowrithm");
    for (const Expected& expected : every_event) {
        CAPTURE(expected.sample);
        const json event = test::event_of(*knowrithm, test::sample(*knowrithm, expected.sample));
        CHECK(event.at("type") == expected.type);
        CHECK(event.at("vendortype") == expected.sample);
        CHECK(event.at("time") == expected.time);
        CHECK(event.at("subject") == expected.subject);
        CHECK(test::fields_of(event) == json::parse(expected.fields));
    }
    CHECK(std::size(every_event) == knowrithm->definition().samples.size());
}

TEST_CASE("a Knowrithm message's text is found under each name that its API has used") {
    const auto knowrithm = test::make("knowrithm");
    for (const std::string name : {"content", "message", "text"}) {
        const json event =
            test::event_of(*knowrithm, R"({"event":"message.received","data":{"conversation_id":7,")" + name +
                                           R"(":"Hello"}})");
        CHECK(test::fields_of(event) == json::parse(R"({"conversation":
            {"id":"7","messages":[{"role":"user","text":"Hello"}]}})"));
    }
}

TEST_CASE("a Knowrithm rating is a number, or left out") {
    const auto knowrithm = test::make("knowrithm");
    const auto conversation = [&](const std::string& rating) {
        const json event = test::event_of(
            *knowrithm, R"({"event":"conversation.ended","data":{"id":"c","rating":)" + rating + "}}");
        return test::fields_of(event).at("conversation");
    };
    CHECK(conversation("4.5").at("rating") == 4.5);
    CHECK(conversation("0").at("rating") == 0);
    CHECK_FALSE(conversation("null").contains("rating"));
    CHECK_FALSE(conversation("\"4\"").contains("rating"));
}

TEST_CASE("a Knowrithm event of any other name is unrecognized and keeps its name and time") {
    const auto knowrithm = test::make("knowrithm");
    const json event =
        test::event_of(*knowrithm, R"({"event":"team.renamed","timestamp":"2025-09-01T12:04:00Z",
        "data":{"id":"t"}})");
    CHECK(event.at("type") == "unrecognized");
    CHECK(event.at("vendortype") == "team.renamed");
    CHECK(event.at("time") == "2025-09-01T12:04:00Z");
    CHECK(test::fields_of(event).empty());
}

TEST_CASE("a Knowrithm delivery that differs only in its attempt is the same event") {
    const auto knowrithm = test::make("knowrithm");
    const auto key = [&](std::string_view tail, std::string_view data = R"({"id":"l"})") {
        return test::deliver(*knowrithm,
                             R"({"event":"lead.created","timestamp":"2025-09-01T12:04:00Z","data":)" +
                                 std::string(data) + std::string(tail) + "}")
            .dedupe_key;
    };
    const auto first = key(R"(,"attempt":1)");
    CHECK(key(R"(,"attempt":2)") == first);
    CHECK(key("") == first);
    CHECK(key(R"(, "signature":"sha256=00")") == first);
    CHECK(key(R"(,"attempt":1)", R"({"id":"m"})") != first);
}

TEST_CASE("Knowrithm bodies without an event, a time or data are identified by the whole body") {
    const auto knowrithm = test::make("knowrithm");
    const auto key = [&](const std::string& body) { return test::deliver(*knowrithm, body).dedupe_key; };
    CHECK(key(R"({"event":"a","data":1,"n":1})") != key(R"({"event":"a","data":1,"n":2})"));
    CHECK(key(R"({"event":"a","timestamp":null,"data":1,"n":1})") !=
          key(R"({"event":"a","timestamp":null,"data":1,"n":2})"));
    CHECK(key(R"({"event":"a","timestamp":"t","n":1})") != key(R"({"event":"a","timestamp":"t","n":2})"));
    CHECK(key(R"({"timestamp":"t","data":1,"n":1})") != key(R"({"timestamp":"t","data":1,"n":2})"));
}

TEST_CASE("Knowrithm gets its status as the answer, and 403 as the refusal") {
    const auto knowrithm = test::make("knowrithm");
    CHECK(knowrithm->accepted().status == 200);
    CHECK(knowrithm->accepted().body == R"({"status":"success"})");
    CHECK(knowrithm->refused().status == 403);
}

TEST_CASE("a Knowrithm signature covers the raw body only and follows sha256=") {
    const auto knowrithm = test::make("knowrithm");
    // printf '{"event":"a"}' | openssl dgst -sha256 -hmac 'a secret of some length'
    const std::string mac = "291067d0cc8a423755ac9b30582e8cfe331473590e8660484268b3508bef2fe4";
    const auto accepts = [&](const std::string& body, const std::string& value) {
        const test::SignedRequest sent(body, {{"X-Knowrithm-Signature", value}});
        return knowrithm->verify(sent.request(), test::delivered_at).has_value();
    };
    CHECK(accepts(R"({"event":"a"})", "sha256=" + mac));
    CHECK_FALSE(accepts(R"({"event": "a"})", "sha256=" + mac));
    CHECK_FALSE(accepts(R"({"event":"a"})", mac));
}

TEST_CASE("a Knowrithm webhook is accepted at any age, unless the source has a timestamp_tolerance") {
    test::check_optional_tolerance("knowrithm");
}

}  // namespace
}  // namespace chathook::vendors
