#include "mapping/mapping.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "mapping/mapped.hpp"

namespace chathook::mapping {
namespace {

using test::Mapped;
using Texts = std::vector<std::string>;

Texts identity_of(const Normalized& event) { return {event.identity.begin(), event.identity.end()}; }

TEST_CASE("an event gets its type, its vendor's word, its time and its fields") {
    const Mapped mapped(
        R"(
map:
  event: /kind
  time: /at
  events:
    escalated:
      becomes: handover.requested
      set: {conversation.id: /ticket, contact.email: /visitor/mail, handover.channel: {const: webhook}}
)",
        R"({"kind":"escalated","ticket":17,"visitor":{"mail":"visitor@example.com"},"at":1700000000})");
    const Normalized event = mapped.read();
    CHECK(event.type == "handover.requested");
    CHECK(event.vendor_type == "escalated");
    CHECK(event.time == Instant(std::chrono::seconds(1'700'000'000)));
    CHECK(event.conversation.id == "17");
    CHECK(event.contact.email == "visitor@example.com");
    CHECK(event.handover.channel == "webhook");
    CHECK(event.subject == "17");
    CHECK(event.identity.empty());
}

TEST_CASE("an event without a rule is unrecognized and keeps its vendor's word and its time") {
    constexpr std::string_view file =
        "map: {event: /e, time: /t, set: {bot.id: /b}, events: {known: {becomes: lead.created}}}";
    const Mapped other(file, R"({"e":"other","t":1700000000,"b":"bot"})");
    CHECK(other.read().type == "unrecognized");
    CHECK(other.read().vendor_type == "other");
    CHECK(other.read().time.has_value());
    CHECK(other.read().bot.id.empty());
    for (const char* const body : {"", "[]", "null", "{\"e\":", R"({"e":5})", R"({"e":["known"]})"}) {
        const Mapped mapped(file, body);
        CHECK(mapped.read().type == "unrecognized");
        CHECK(mapped.read().vendor_type.empty());
    }
}

TEST_CASE("without a mapping every event is unrecognized") {
    const Mapped mapped("title: nothing else", R"({"event":"lead.created"})");
    CHECK(mapped.read().type == "unrecognized");
    CHECK(mapped.read().vendor_type.empty());
}

TEST_CASE(
    "what all events set comes first, then the blocks in their order, then the event; what is empty sets "
    "nothing") {
    constexpr std::string_view file = R"(
map:
  event: {const: e}
  set: {lead.note: /map, lead.status: /map}
  events: {e: {becomes: lead.created, use: [second, first], set: {lead.note: /event}}}
  blocks:
    first: {set: {lead.note: /first, lead.source: /first}}
    second: {set: {lead.note: /second, lead.source: /second}}
)";
    const Mapped all(file, R"({"map":"m","first":"1","second":"2","event":"e"})");
    CHECK(all.read().lead.note == "e");
    CHECK(all.read().lead.source == "1");
    CHECK(all.read().lead.status == "m");
    const Mapped some(file, R"({"map":"m","second":"2","first":"","event":null})");
    CHECK(some.read().lead.note == "2");
    CHECK(some.read().lead.source == "2");
}

TEST_CASE("fields of several objects are each taken from its own") {
    const Mapped mapped(
        "map: {event: {const: e}, events: {e: {becomes: lead.created, set: {lead.note: /a/x, "
        "lead.status: /b/x, lead.source: /a/b/x, contact.name: /a/y, contact.email: /a/~1/x}}}}",
        R"({"a":{"x":"ax","y":"ay","b":{"x":"abx"},"/":{"x":"slash"}},"b":{"x":"bx"}})");
    const Normalized event = mapped.read();
    CHECK(event.lead.note == "ax");
    CHECK(event.lead.status == "bx");
    CHECK(event.lead.source == "abx");
    CHECK(event.contact.name == "ay");
    CHECK(event.contact.email == "slash");
}

TEST_CASE("keys are looked up in the order of the file, which is that of the ambiguous ones") {
    const Mapped mapped(
        R"(
map:
  look_first: /first
  event: /event
  time: /time
  events: {e: {becomes: message.received, use: block, set: {bot.id: /own}}}
  blocks: {block: {set: {agent.id: /block}, messages: [{role: {const: user}, text: /text}]}}
identity: [/identity]
)",
        R"({"own":1,"own":1,"text":1,"text":"x","block":1,"block":1,"identity":1,"identity":1,)"
        R"("time":1,"time":1,"event":1,"event":"e","first":1,"first":1,"unread":1,"unread":1})");
    mapped.read();
    CHECK(mapped.verified().ambiguous_keys() ==
          Texts{"/first", "/event", "/time", "/identity", "/block", "/text", "/own"});
}

TEST_CASE("an event is about the first of its subjects that is not empty") {
    const auto subject = [](std::string_view of_map, std::string_view of_block, std::string_view of_event,
                            const std::string& body) {
        std::string file = "map:\n  event: {const: e}\n";
        if (!of_map.empty()) file += "  subject: " + std::string(of_map) + "\n";
        file += "  events: {e: {becomes: lead.created, use: b" +
                (of_event.empty() ? std::string() : ", subject: " + std::string(of_event)) +
                "}}\n  blocks: {b: {";
        if (!of_block.empty()) file += "subject: " + std::string(of_block) + ", ";
        file +=
            "set: {bot.id: /bot, lead.id: /lead, conversation.id: /conversation, contact.name: /name}}}\n";
        return std::string(Mapped(file, body).read().subject);
    };
    const std::string all = R"({"bot":"b","lead":"l","conversation":"c","name":"n"})";
    CHECK(subject("", "", "", all) == "c");
    CHECK(subject("", "", "", R"({"bot":"b","lead":"l"})") == "l");
    CHECK(subject("", "", "", R"({"bot":"b"})") == "b");
    CHECK(subject("", "", "", R"({"name":"n"})").empty());
    CHECK(subject("[bot.id]", "", "", all) == "b");
    CHECK(subject("bot.id", "lead.id", "", all) == "l");
    CHECK(subject("bot.id", "lead.id", "[contact.name, bot.id]", all) == "n");
    CHECK(subject("", "lead.id", "", R"({"bot":"b"})").empty());
}

TEST_CASE("the time of an event or a block replaces that of the map") {
    constexpr std::string_view file = R"(
map:
  event: /e
  time: /map
  events:
    own: {becomes: lead.created, time: /event, use: block}
    block: {becomes: lead.created, use: block}
    map: {becomes: lead.created}
  blocks: {block: {time: /block}}
)";
    const auto seconds = [&](const std::string& word) {
        const auto time = Mapped(file, R"({"e":")" + word + R"(","map":1,"block":2,"event":3})").read().time;
        return time.value().time_since_epoch() / std::chrono::seconds(1);
    };
    CHECK(seconds("map") == 1);
    CHECK(seconds("block") == 2);
    CHECK(seconds("own") == 3);
    CHECK(seconds("other") == 1);
}

TEST_CASE("messages come one by one, or one of every element of a list") {
    const Mapped mapped(
        R"(
map:
  event: {const: e}
  events:
    e:
      becomes: message.received
      messages:
        - {role: {const: user}, text: [/question, /asked]}
        - {role: {const: bot}, text: /missing}
        - each: /turns
          role: {at: /by, words: {u: user}, else: agent}
          text: [/text, ^/caption]
          resources: /files
)",
        R"({"asked":"Q","caption":"C","turns":[{"by":"u","text":"T","files":[1]},{"by":7},5,"s"]})");
    const auto messages = mapped.read().conversation.messages;
    REQUIRE(messages.size() == 5);
    CHECK(messages[0].role == "user");
    CHECK(messages[0].text == "Q");
    CHECK(messages[1].role == "user");
    CHECK(messages[1].text == "T");
    CHECK(messages[1].resources.source() == "[1]");
    CHECK(messages[2].role == "agent");
    CHECK(messages[2].text == "C");
    CHECK(messages[4].role == "agent");
}

TEST_CASE("messages without content are left out and take no memory") {
    std::string body = R"({"m":[{"text":"said"})";
    for (int i = 0; i < 900; ++i) body += ",{}";
    const Mapped mapped(
        "map: {event: {const: e}, events: {e: {becomes: message.received, messages: "
        "[{each: /m, role: {const: user}, text: /text, resources: /r}]}}}",
        body + R"(,{"text":""},{"r":[]}]})");
    const auto messages = mapped.read().conversation.messages;
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].text == "said");
    CHECK(messages[1].resources.is_array());
}

TEST_CASE("of a list of messages the first 1,000 elements are looked at, or as many as the mapping says") {
    std::string body = R"({"m":[)";
    for (std::size_t i = 0; i < messages_max + 5; ++i) body += R"({"t":"x"},)";
    body.back() = ']';
    body += '}';
    const auto count = [&](const std::string& most) {
        return Mapped(
                   "map: {event: {const: e}, events: {e: {becomes: message.received, messages: "
                   "[{each: /m, role: {const: user}, text: /t" +
                       most + "}]}}}",
                   body)
            .read()
            .conversation.messages.size();
    };
    CHECK(count("") == messages_max);
    CHECK(count(", most: 3") == 3);
    CHECK(count(", most: 100000") == messages_max + 5);
}

TEST_CASE("of messages in blocks and an event the last list counts") {
    constexpr std::string_view file = R"(
map:
  event: /e
  events:
    own: {becomes: message.sent, use: [a, b], messages: [{role: {const: bot}, text: /own}]}
    used: {becomes: message.sent, use: [a, b]}
  blocks:
    a: {messages: [{role: {const: bot}, text: /a}]}
    b: {messages: [{role: {const: bot}, text: /b}]}
)";
    const auto said = [&](const std::string& word) {
        const Mapped mapped(file, R"({"e":")" + word + R"(","a":"A","b":"B","own":"O"})");
        Texts texts;
        for (const Message& message : mapped.read().conversation.messages) texts.emplace_back(message.text);
        return texts;
    };
    CHECK(said("own") == Texts{"O"});
    CHECK(said("used") == Texts{"B"});
}

TEST_CASE("the answers of a form are a list, numbers as they are written") {
    const Mapped mapped(
        "map: {event: {const: e}, events: {e: {becomes: lead.created, set: "
        "{lead.answers: {each: /a, question: [/q, ^/default], answer: /v}}}}}",
        R"({"default":"?","a":[{"q":"Size","v":"XL"},{"v":12.0},{"q":"none"},null]})");
    const auto answers = mapped.read().lead.answers;
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].question == "Size");
    CHECK(answers[0].answer == "XL");
    CHECK(answers[1].question == "?");
    CHECK(answers[1].answer == "12.0");
}

TEST_CASE("the identity is the source text of its parts, or the whole body if one is absent, null or empty") {
    const auto identity = [](std::string_view parts, const std::string& body) {
        return identity_of(Mapped("identity: " + std::string(parts), body).read());
    };
    CHECK(identity("[/a, /b]", R"({"a":"\u0061","b":{"c": 1}})") == Texts{R"("\u0061")", R"({"c": 1})"});
    CHECK(identity("[/a]", R"({"a":0})") == Texts{"0"});
    for (const char* const body : {R"({"a":1})", R"({"a":1,"b":null})", R"({"a":1,"b":""})",
                                   R"({"a":1,"b":[]})", R"({"a":1,"b":{}})", "[]", "", "{"}) {
        CHECK(identity("[/a, /b]", body).empty());
    }
}

TEST_CASE("a part of the identity may have to be a text, or a text or number, or may be anything") {
    const auto identity = [](std::string_view part, const char* value) {
        return identity_of(
            Mapped("identity: [" + std::string(part) + "]", R"({"a":)" + std::string(value) + "}").read());
    };
    CHECK(identity("{text: /a}", "\"x\"") == Texts{"\"x\""});
    CHECK(identity("{text: /a}", "5").empty());
    CHECK(identity("{id: /a}", "5") == Texts{"5"});
    CHECK(identity("{id: /a}", "true").empty());
    CHECK(identity("{id: /a}", "\"\"").empty());
    for (const char* const value : {"null", "\"\"", "[]", "false"}) {
        CHECK(identity("{any: /a}", value) == Texts{value});
    }
    CHECK(identity("{any: /b}", "1").empty());
}

TEST_CASE("a signed id and signed headers are given with the request") {
    const mapping_file::SignedParts parts{.id = true, .time = true, .headers = {"X-Topic"}};
    const Mapped mapped(R"(
identity: [id, {header: x-topic}]
map: {event: {header: X-Topic}, events: {made: {becomes: lead.created}}}
)",
                        "{}", parts);
    CHECK(mapped.mapping().headers == Texts{"X-Topic"});
    const std::array<std::string_view, 1> headers{"made"};
    const Normalized event = mapped.read({.id = "msg-1", .headers = headers});
    CHECK(event.type == "lead.created");
    CHECK(identity_of(event) == Texts{"msg-1", "made"});
    CHECK(mapped.read().type == "unrecognized");
    CHECK(identity_of(mapped.read()).empty());
    CHECK(identity_of(mapped.read({.id = "msg-1"})).empty());
}

constexpr std::string_view listed = R"(
map:
  each: [[/entry, /changes], [/entry, /messaging]]
  event: /kind
  time: ^/time
  identity: [/id]
  set: {workspace.id: ^^/object, conversation.id: ^/id, contact.name: /name}
  events:
    a: {becomes: lead.created}
    b: {becomes: message.sent, messages: [{each: /m, role: {const: bot}, text: [/t, ^^/id]}]}
)";

TEST_CASE("under each, every element of the lists is an event of its own, and carets lead out of it") {
    const Mapped mapped(listed, R"({"object":"page","entry":[
        {"id":"e1","time":1,"changes":[{"kind":"a","id":"1","name":"N"},{"kind":"b","m":[{}]}]},
        {"id":"e2","messaging":[{"kind":"c","id":"3"}]}]})");
    const auto found = elements(mapped.mapping(), mapped.verified().json()).all;
    REQUIRE(found.size() == 3);
    const auto event = [&](std::size_t i) {
        return read_element(mapped.mapping(), found[i], mapped.verified());
    };
    CHECK(event(0).type == "lead.created");
    CHECK(event(0).contact.name == "N");
    CHECK(event(0).workspace.id == "page");
    CHECK(event(0).conversation.id == "e1");
    CHECK(event(0).time == Instant(std::chrono::seconds(1)));
    CHECK(identity_of(event(0)) == Texts{"\"1\""});
    REQUIRE(event(1).conversation.messages.size() == 1);
    CHECK(event(1).conversation.messages[0].text == "e1");
    CHECK(event(2).type == "unrecognized");
    CHECK(event(2).vendor_type == "c");
}

TEST_CASE("under each a body as a whole is unrecognized, and without each it has no elements") {
    for (const char* const body : {"{}", "", R"({"entry":[]})", R"({"entry":{"changes":[{"kind":"a"}]}})",
                                   R"({"entry":[{"changes":[{"kind":"a"}]}]})",
                                   R"({"entry":[{"changes":[{"kind":"a"},{"kind":"a"}]}]})"}) {
        CHECK(Mapped(listed, body).read().type == "unrecognized");
    }
    const Mapped without("map: {event: /kind, events: {a: {becomes: lead.created}}}", "[]");
    CHECK(elements(without.mapping(), without.verified().json()).all.empty());
}

}  // namespace
}  // namespace chathook::mapping
