#include "normalize/cloud_event.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "ecma/body_generator.hpp"
#include "ecma/document.hpp"
#include "ecma/portable.hpp"
#include "normalize/original.hpp"
#include "normalize/proved.hpp"
#include "support/clock.hpp"
#include "support/cloud_event_rules.hpp"
#include "verify/encoding.hpp"
#include "verify/scheme.hpp"

namespace chathook::normalize {
namespace {

using test::Proved;
using namespace std::string_literals;

nlohmann::json parse(const Event& event) {
    CHECK(event.text.find_first_of("\r\n") == std::string::npos);
    const auto json = nlohmann::json::parse(event.text);
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

std::string base64(const std::string& bytes) {
    return verify::encode_base64({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST_CASE("the checks for CloudEvents find an event that breaks a rule") {
    const auto good = nlohmann::json::parse(Proved("{}").event().text);
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
        body.event(normalized).text ==
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

TEST_CASE("empty fields are left out, as are messages without content") {
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
    CHECK(parse(body.event(normalized)).at("data").size() == 3);
}

TEST_CASE("texts that need escaping stay one line of valid JSON") {
    const Proved body(R"({"text":"line\nbreak \"quoted\" \ud83d\ude00 \ud800","type":"odd\ntype"})");
    Normalized normalized;
    normalized.vendor_type = body.get().json()["type"].text();
    normalized.subject = body.get().json()["type"].text();
    normalized.handover.message = body.get().json()["text"].text();
    const Event event = body.event(normalized);
    CHECK(event.vendor_type == "odd\uFFFDtype");
    CHECK(event.text.find("\"vendortype\":\"odd\uFFFDtype\"") != std::string::npos);
    CHECK(event.text.find("\"subject\":\"odd\uFFFDtype\"") != std::string::npos);
    CHECK(event.text.find("\"message\":\"line\\nbreak \\\"quoted\\\" \U0001F600 \uFFFD\"") !=
          std::string::npos);
}

TEST_CASE("the event's time is the vendor's, or the time of receipt if there is none") {
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

TEST_CASE("the event contains the vendor's JSON byte for byte") {
    for (const auto& text : {R"({"b" : 1.0, "a":[1e40,"\u0041"], "c":2})"s, "  [1]\t"s, "\"scalar\""s,
                             "12345678901234567890"s, "{\"sep\":\"\u2028\"}"s}) {
        const Proved body(text);
        const Event event = body.event();
        CAPTURE(text);
        CHECK(event.original() == text);
        CHECK(event.original_size == text.size());
        CHECK(event.raw.empty());
        CHECK(event.text.ends_with("\"original\":" + text + "}}"));
        CHECK(accepted_bytes(event.text) == text);
    }
}

// The part of the line made from a body, including the words for what was changed.
std::string changed_end(std::string_view original, const std::string& body, std::string_view words) {
    return "\"original\":" + std::string(original) + ",\"original_base64\":\"" + base64(body) +
           "\",\"original_changed\":[" + std::string(words) + "]}}";
}

TEST_CASE(
    "JSON at which a common reader fails is replaced in the line, and the exact bytes are kept as base64") {
    struct Case {
        std::string body, original, words;
    };
    const std::string deep = std::string(nesting_max + 1, '[') + std::string(nesting_max + 1, ']');
    const std::string cut = std::string(nesting_max, '[') + "null" + std::string(nesting_max, ']');
    for (const auto& [text, original, words] : std::vector<Case>{
             {R"({"a": "x\ud83d", "\udc00":1})", "{\"a\":\"x\uFFFD\",\"\uFFFD\":1}", R"("surrogate")"},
             {R"(["a\u0000\u0041"])", "[\"a\uFFFD\\u0041\"]", R"("nul")"},
             {"[1e400]", "[null]", R"("number")"},
             {deep, cut, R"("depth")"},
             {R"({"a":1,"a":2})", R"({"a":2})", R"("duplicate_key")"},
             {"[1e400,\n\"\\ud800\",\"\xFF\"]", "[null,\"\uFFFD\",\"\uFFFD\"]",
              R"("line_break","utf8","surrogate","number")"}}) {
        const Event event = Proved(text).event();
        CAPTURE(text);
        CHECK(event.text.ends_with(changed_end(original, text, words)));
        CHECK(event.original() == text);
        CHECK(accepted_bytes(event.text) == text);
        CHECK_NOTHROW(parse(event));
    }
}

TEST_CASE("line breaks between tokens become spaces in the line and remain in the kept bytes") {
    const std::string text = "{\r\n  \"a\": \"x\\ny\"\n}\n";
    const Proved body(text);
    const Event event = body.event();
    CHECK(parse(event).at("data").at("original") == nlohmann::json::parse(text));
    CHECK(event.text.ends_with(changed_end("{    \"a\": \"x\\ny\" }", text, "\"line_break\"")));
    CHECK(accepted_bytes(event.text) == text);
    CHECK(event.original_size == 0);
    CHECK(event.original() == text);
}

TEST_CASE("a body that decoding changes is delivered as decoded, and its bytes are kept") {
    const std::string marked = "\xEF\xBB\xBF{\"a\":1}";
    const Event with_mark = Proved(marked).event();
    CHECK(with_mark.text.ends_with(changed_end(R"({"a":1})", marked, R"("byte_order_mark")")));
    CHECK(with_mark.original() == marked);

    const std::string invalid = "{\"a\":\"\xFF\"}";
    const Event with_invalid = Proved(invalid).event();
    CHECK(parse(with_invalid).at("data").at("original").at("a") == "\uFFFD");
    CHECK(with_invalid.original() == invalid);
    CHECK(with_invalid.text.ends_with(R"("original_changed":["utf8"]}})"));
    CHECK(accepted_bytes(with_invalid.text) == invalid);
    const Event with_both = Proved("\xEF\xBB\xBF[\"\xFF\"]"s).event();
    CHECK(with_both.text.ends_with(R"("original_changed":["byte_order_mark","utf8"]}})"));

    // The three bytes of a truncated character become the three bytes of one U+FFFD.
    const std::string same_size = "{\"a\":\"\xF0\x9F\x98\"}";
    const Event with_same_size = Proved(same_size).event();
    CHECK(parse(with_same_size).at("data").at("original").at("a") == "\uFFFD");
    CHECK(with_same_size.original() == same_size);
}

TEST_CASE("a body accepted in its JSON.stringify form is delivered in that form") {
    const std::string sent = "{ \"a\" : 1.0 }\n";
    const Proved body(sent, R"({"a":1})", verify::BodyForm::raw_or_stringified);
    REQUIRE(body.get().form() == Verified::Form::stringified);
    const Event event = body.event();
    CHECK(event.original() == R"({"a":1})");
    CHECK(event.raw.empty());
    CHECK(event.dedupe_key == Proved(R"({"a":1})").event().dedupe_key);
}

TEST_CASE(
    "a body that is not JSON is delivered as base64 and unrecognized, whatever the vendor module says") {
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

TEST_CASE("a body that nests too deeply keeps its type and its fields, and its bytes as base64") {
    const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
    const std::string body = R"({"email":"jo@example.com","deep":)" + deep + R"(,"after":1})";
    const Proved proved(body);
    Normalized normalized;
    normalized.type = "lead.created";
    normalized.contact.email = proved.get().json()["email"].text();
    normalized.conversation.messages = {{"bot", "see", proved.get().json()["deep"]}};
    const Event event = proved.event(normalized);
    const auto data = parse(event).at("data");
    CHECK(event.type == "lead.created");
    CHECK(data.at("contact").at("email") == "jo@example.com");
    CHECK(data.at("original").at("after") == 1);
    CHECK(event.original() == body);
    CHECK(accepted_bytes(event.text) == body);
}

TEST_CASE("no line nests deeper than 60 levels, whatever the vendor's JSON contains") {
    const auto depth_of = [](const std::string& json) {
        std::size_t depth = 0, deepest = 0;
        for (const char c : json) {
            if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
            if (c == ']' || c == '}') --depth;
        }
        return deepest;
    };
    for (const std::size_t depth : {nesting_max - 1, nesting_max, 4 * nesting_max}) {
        const Proved proved("{\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}");
        Normalized normalized;
        normalized.conversation.messages = {{"bot", "see", proved.get().json()["x"]}};
        CHECK(depth_of(proved.event(normalized).text) <= 60);
    }
}

TEST_CASE("a rating that some readers cannot represent is left out") {
    Normalized normalized;
    normalized.conversation.rating = "1e400";
    CHECK_FALSE(parse(Proved("{}").event(normalized)).at("data").contains("conversation"));
}

TEST_CASE("for random bodies, the signed bytes are rebuilt from the line") {
    test::BodyGenerator bodies(20261128);
    std::size_t changed = 0;
    for (int i = 0; i < 20'000; ++i) {
        const std::string body = bodies.body();
        const Event event = Proved(body).event();
        CAPTURE(body, event.text);
        REQUIRE(event.text.find_first_of("\r\n") == std::string::npos);
        REQUIRE(accepted_bytes(event.text) == body);
        REQUIRE(event.original() == body);
        REQUIRE(nlohmann::json::accept(event.text));
        const auto line = JsonDocument::parse(event.text);
        REQUIRE_FALSE(ecma::find_obstacles(*line, 60).any());
        if (event.text.find("original_changed") != std::string::npos) ++changed;
    }
    CHECK(changed > 100);
}

TEST_CASE("the dedupe key depends on the source and on the whole body, or on the identity if there is one") {
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

TEST_CASE("duplicate keys that were read are listed, because another reader may see another value") {
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

    // The signed text is the output of JSON.stringify, in which every key occurs once.
    const Proved settled(twice, R"({"email":"last@example.com","x":2})",
                         verify::BodyForm::raw_or_stringified);
    CHECK(settled.get().form() == Verified::Form::stringified);
    CHECK(ambiguous(settled).is_null());
}

}  // namespace
}  // namespace chathook::normalize
