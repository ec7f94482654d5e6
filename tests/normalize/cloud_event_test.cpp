#include "normalize/cloud_event.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "normalize/original.hpp"
#include "normalize/proved.hpp"
#include "support/clock.hpp"
#include "support/cloud_event_rules.hpp"
#include "verify/scheme.hpp"

namespace chathook::normalize {
namespace {

using test::Proved;
using namespace std::string_literals;

nlohmann::json parse(const Event& event) {
    CHECK(event.json.find_first_of("\r\n") == std::string::npos);
    const auto json = nlohmann::json::parse(event.json);
    CHECK(test::broken_cloud_event_rules(json) == std::vector<std::string>{});
    return json;
}

std::string decode_base64(const std::string& text) {
    std::string bytes;
    unsigned buffer = 0;
    int bits = 0;
    for (const char character : text) {
        if (character == '=') break;
        const auto* alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        buffer = (buffer << 6) | static_cast<unsigned>(std::string_view(alphabet).find(character));
        bits += 6;
        if (bits >= 8) bytes += static_cast<char>((buffer >> (bits -= 8)) & 0xFF);
    }
    return bytes;
}

TEST_CASE("an event that breaks a rule of CloudEvents is told from one that keeps them") {
    const auto good = nlohmann::json::parse(Proved("{}").event().json);
    CHECK(test::broken_cloud_event_rules(good).empty());
    for (const auto* required : {"id", "source", "specversion", "type"}) {
        auto without = good;
        without.erase(required);
        CHECK(test::broken_cloud_event_rules(without).size() == 1);
    }
    const nlohmann::json wrong{{"time", "yesterday"},  {"source", "two words"},
                               {"specversion", "0.3"}, {"id", 7},
                               {"subject", "a\nb"},    {"type", ""},
                               {"Vendor", "x"},        {"data_base64", ""}};
    for (const auto& [name, value] : wrong.items()) {
        auto changed = good;
        changed[name] = value;
        CAPTURE(name);
        CHECK(test::broken_cloud_event_rules(changed).size() == 1);
    }
}

TEST_CASE("an event is one line with its attributes and fields in the documented order") {
    const Proved body(R"({"a":1})");
    Normalized normalized;
    normalized.type = "handover.requested";
    normalized.vendor_type = "handover";
    normalized.time = parse_rfc3339("2023-11-23T07:48:59.400Z");
    normalized.subject = "clP5fVfvHISpzpLkJub2";
    normalized.contact.email = "visitor@example.com";
    normalized.conversation.id = "clP5fVfvHISpzpLkJub2";
    normalized.conversation.messages = {{"user", "Hi", {}}};
    normalized.workspace.id = "04Jc";
    normalized.handover.channel = "webhook";
    CHECK(
        body.event(normalized).json ==
        R"({"specversion":"1.0","id":"0193a5f0-7c00-7000-8000-000000000001",)"
        R"("source":"/sources/lynn-support","type":"handover.requested","time":"2023-11-23T07:48:59.4Z",)"
        R"("subject":"clP5fVfvHISpzpLkJub2","datacontenttype":"application/json","vendor":"lynn",)"
        R"("vendortype":"handover","sourcename":"lynn-support","receivedtime":"2026-11-21T20:00:00.123456Z",)"
        R"("data":{"contact":{"email":"visitor@example.com"},)"
        R"("conversation":{"id":"clP5fVfvHISpzpLkJub2","messages":[{"role":"user","text":"Hi"}]},)"
        R"("workspace":{"id":"04Jc"},"handover":{"channel":"webhook"},"original":{"a":1}}})");
}

TEST_CASE("every neutral field has its place in the data") {
    const Proved body("{}");
    Normalized normalized;
    normalized.type = "lead.created";
    normalized.contact = {"Jo Do", "Jo", "Do", "jo@example.com", "+15550100"};
    normalized.conversation.rating = "4.5";
    normalized.bot = {"b1", "Bot"};
    normalized.agent = {"a1", "Agent"};
    normalized.workspace.id = "w1";
    normalized.widget.id = "g1";
    normalized.document.id = "d1";
    normalized.handover = {"email", "high", "support@example.com", "help"};
    normalized.lead = {"l1", "new", "web", "c1", "call back", "www.example.com"};
    normalized.appointment = {"at nine", "www.example.com/book"};
    auto data = parse(body.event(normalized)).at("data");
    CHECK(data == nlohmann::json::parse(R"({
        "contact": {"name": "Jo Do", "first_name": "Jo", "last_name": "Do", "email": "jo@example.com",
                    "phone": "+15550100"},
        "conversation": {"rating": 4.5}, "bot": {"id": "b1", "name": "Bot"}, "workspace": {"id": "w1"},
        "widget": {"id": "g1"},
        "handover": {"channel": "email", "priority": "high", "support_email": "support@example.com",
                     "message": "help"},
        "lead": {"id": "l1", "status": "new", "source": "web", "company_id": "c1", "note": "call back",
                 "source_url": "www.example.com"},
        "appointment": {"note": "at nine", "source_url": "www.example.com/book"}, "document": {"id": "d1"},
        "agent": {"id": "a1", "name": "Agent"}, "original": {}})"));
}

TEST_CASE("what is empty is left out, down to messages that say nothing") {
    const Proved body(R"({"none":[],"null":null,"some":[ {"k":1},
 2 ],"text":"","flag":false})");
    const Json json = body.get().json();
    Normalized normalized;
    normalized.type = "message.received";
    normalized.conversation.messages = {
        {"user", "", {}},          {"bot", "", json["none"]},    {"bot", "", json["null"]},
        {"bot", "", json["text"]}, {"bot", "see", json["some"]}, {"bot", "", json["flag"]}};
    CHECK(parse(body.event(normalized)).at("data").at("conversation") ==
          nlohmann::json::parse(R"({"messages": [{"role": "bot", "text": "see", "resources": [{"k": 1}, 2]},
                                                  {"role": "bot", "resources": false}]})"));
    normalized.conversation.messages.resize(4);
    CHECK(parse(body.event(normalized)).at("data").size() == 1);
}

TEST_CASE("texts that need escaping stay one line of valid JSON") {
    const Proved body(R"({"text":"line\nbreak \"quoted\" \ud83d\ude00 \ud800","type":"odd\ntype"})");
    Normalized normalized;
    normalized.vendor_type = body.get().json()["type"].text();
    normalized.subject = body.get().json()["type"].text();
    normalized.handover.message = body.get().json()["text"].text();
    const Event event = body.event(normalized);
    CHECK(event.vendor_type == "odd\uFFFDtype");
    CHECK(event.json.find("\"vendortype\":\"odd\uFFFDtype\"") != std::string::npos);
    CHECK(event.json.find("\"subject\":\"odd\uFFFDtype\"") != std::string::npos);
    CHECK(event.json.find("\"message\":\"line\\nbreak \\\"quoted\\\" \U0001F600 \\ud800\"") !=
          std::string::npos);
}

TEST_CASE("the vendor's time is the event's, else the time of receipt") {
    const Proved body("{}");
    const auto time_of = [&](std::optional<Instant> time) {
        Normalized normalized;
        normalized.time = time;
        return parse(body.event(normalized)).at("time").get<std::string>();
    };
    CHECK(time_of(parse_rfc3339("2024-05-21T10:30:00Z")) == "2024-05-21T10:30:00Z");
    CHECK(time_of(parse_rfc3339("2024-05-21T10:30:00.050Z")) == "2024-05-21T10:30:00.05Z");
    CHECK(time_of(Instant()) == "1970-01-01T00:00:00Z");
    CHECK(time_of(std::nullopt) == "2026-11-21T20:00:00.123456Z");
    CHECK(time_of(Instant(std::chrono::seconds(-1))) == "2026-11-21T20:00:00.123456Z");
    CHECK(time_of(Instant(std::chrono::seconds(253402300799))) == "9999-12-31T23:59:59Z");
    CHECK(time_of(Instant(std::chrono::seconds(253402300800))) == "2026-11-21T20:00:00.123456Z");
}

TEST_CASE("the vendor's JSON stands in the event byte for byte") {
    for (const auto& text : {R"({"b" : 1.0, "a":[1e400,"\u0041"], "b":2})"s, "  [1]\t"s, "\"scalar\""s,
                             "12345678901234567890"s, "{\"sep\":\"\u2028\"}"s}) {
        const Proved body(text);
        const Event event = body.event();
        CAPTURE(text);
        CHECK(event.original() == text);
        CHECK(event.original_size == text.size());
        CHECK(event.raw.empty());
        CHECK(event.json.ends_with("\"original\":" + text + "}}"));
    }
}

TEST_CASE("line breaks between tokens become blanks in the line and stay in the kept bytes") {
    const std::string text = "{\r\n  \"a\": \"x\\ny\"\n}\n";
    const Proved body(text);
    const Event event = body.event();
    CHECK(parse(event).at("data").at("original") == nlohmann::json::parse(text));
    CHECK(event.json.ends_with("\"original\":{    \"a\": \"x\\ny\" } }}"));
    CHECK(event.original_size == 0);
    CHECK(event.original() == text);
}

TEST_CASE("a body whose decoding changed it is delivered as read, its bytes are kept") {
    const std::string marked = "\xEF\xBB\xBF{\"a\":1}";
    const Event with_mark = Proved(marked).event();
    CHECK(with_mark.json.ends_with(R"("original":{"a":1}}})"));
    CHECK(with_mark.original() == marked);

    const std::string invalid = "{\"a\":\"\xFF\"}";
    const Event with_invalid = Proved(invalid).event();
    CHECK(parse(with_invalid).at("data").at("original").at("a") == "\uFFFD");
    CHECK(with_invalid.original() == invalid);

    // Three bytes of one cut character become the three bytes of one U+FFFD.
    const std::string same_size = "{\"a\":\"\xF0\x9F\x98\"}";
    const Event with_same_size = Proved(same_size).event();
    CHECK(parse(with_same_size).at("data").at("original").at("a") == "\uFFFD");
    CHECK(with_same_size.original() == same_size);
}

TEST_CASE("a body accepted by its JSON.stringify form is delivered in that form") {
    const std::string sent = "{ \"a\" : 1.0 }\n";
    const Proved body(sent, R"({"a":1})", verify::BodyForm::raw_or_stringified);
    REQUIRE(body.get().form() == Verified::Form::stringified);
    const Event event = body.event();
    CHECK(event.original() == R"({"a":1})");
    CHECK(event.raw.empty());
    CHECK(event.dedupe_key == Proved(R"({"a":1})").event().dedupe_key);
}

TEST_CASE("a body that is not JSON travels as base64 and is unrecognized whatever the vendor module says") {
    for (const auto& text :
         {""s, "a"s, "ab"s, "abc"s, "{\"a\":}"s, "\xFF\x00\x01"s, std::string(1000, '\n')}) {
        const Proved body(text);
        Normalized normalized;
        normalized.type = "lead.created";
        normalized.contact.name = "Nobody";
        const Event event = body.event(normalized);
        const auto json = parse(event);
        CHECK(event.type == "unrecognized");
        CHECK(json.at("type") == "unrecognized");
        CHECK(json.at("data").size() == 1);
        CHECK(decode_base64(json.at("data").at("original_base64").get<std::string>()) == text);
        CHECK(event.original() == text);
    }
}

TEST_CASE("JSON nested beyond 512 levels travels as base64, 512 levels as JSON") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    Normalized normalized;
    normalized.type = "lead.created";
    const Event deepest = Proved(nested(nesting_max)).event(normalized);
    CHECK(deepest.type == "lead.created");
    CHECK(deepest.original() == nested(nesting_max));
    const Event too_deep = Proved(nested(nesting_max + 1)).event(normalized);
    CHECK(too_deep.type == "unrecognized");
    CHECK(too_deep.original() == nested(nesting_max + 1));
    CHECK(parse(too_deep).at("data").contains("original_base64"));
    CHECK(Proved(nested(200'000)).event(normalized).raw == nested(200'000));
}

TEST_CASE("the dedupe key depends on the source and on the whole body, or on the identity instead") {
    const Proved first(R"({"a":1})");
    const Proved second(R"({"a":2})");
    const auto key = [](const Proved& body, std::string_view source, std::vector<std::string_view> identity) {
        Normalized normalized;
        normalized.identity = std::move(identity);
        return dedupe_key(normalized, body.get(), source);
    };
    CHECK(key(first, "one", {}) == key(first, "one", {}));
    CHECK(key(first, "one", {}) != key(second, "one", {}));
    CHECK(key(first, "one", {}) != key(first, "two", {}));
    CHECK(key(first, "one", {"x", "yz"}) == key(second, "one", {"x", "yz"}));
    CHECK(key(first, "one", {"x", "yz"}) != key(first, "one", {"xy", "z"}));
    CHECK(key(first, "one", {"x"}) != key(first, "one", {"x", ""}));
    CHECK(key(first, "on", {"ex"}) != key(first, "one", {"x"}));
}

TEST_CASE("keys that were read and stand twice are named, where another reader may see another value") {
    const auto ambiguous = [](const Proved& proved) {
        Normalized normalized;
        normalized.contact.email = proved.get().json()["email"].text();
        const auto data = parse(proved.event(normalized)).at("data");
        CHECK(data.at("contact").at("email") == "last@example.com");
        return data.value("ambiguous_keys", nlohmann::json());
    };
    const std::string twice = R"({"email":"first@example.com","x":1,"x":2,"email":"last@example.com"})";
    CHECK(ambiguous(Proved(twice)) == nlohmann::json::parse(R"(["/email"])"));
    CHECK(ambiguous(Proved(R"({"email":"last@example.com","x":1,"x":2})")).is_null());

    // What was signed is what JSON.stringify made of it, where every key stands once.
    const Proved settled(twice, R"({"email":"last@example.com","x":2})",
                         verify::BodyForm::raw_or_stringified);
    CHECK(settled.get().form() == Verified::Form::stringified);
    CHECK(ambiguous(settled).is_null());
}

}  // namespace
}  // namespace chathook::normalize
