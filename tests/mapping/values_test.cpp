#include "mapping/values.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "mapping/mapped.hpp"

namespace chathook::mapping {
namespace {

// What the value `written` gives for lead.note, a text, in this body.
std::string note(std::string_view written, const std::string& body, std::string_view target = "lead.note") {
    const std::string file = "map: {event: {const: e}, events: {e: {becomes: lead.created, set: {" +
                             std::string(target) + ": " + std::string(written) + "}}}}";
    const test::Mapped mapped(file, body);
    Normalized read = mapped.read();
    return std::string(find_target(target)->member(read));
}

TEST_CASE("a pointer gives what its field takes: texts, or texts and numbers, or numbers") {
    const std::string body = R"({"t":"x","n":1.50,"b":true,"z":null,"l":["x"],"o":{"a":"x"}})";
    CHECK(note("/t", body) == "x");
    CHECK(note("/n", body).empty());
    CHECK(note("/t", body, "lead.id") == "x");
    CHECK(note("/n", body, "lead.id") == "1.50");
    CHECK(note("/n", body, "conversation.rating") == "1.50");
    CHECK(note("/t", body, "conversation.rating").empty());
    for (const char* const target : {"lead.note", "lead.id", "conversation.rating"}) {
        for (const char* const pointer : {"/b", "/z", "/l", "/o", "/none"}) {
            CHECK(note(pointer, body, target).empty());
        }
    }
}

TEST_CASE("a phone number is as it is written, and a name is a text") {
    const std::string body = R"({"n":4915112345678901234567890})";
    CHECK(note("/n", body, "contact.phone") == "4915112345678901234567890");
    CHECK(note("/n", body, "contact.name").empty());
}

TEST_CASE("of a list of values the first that is not empty counts") {
    CHECK(note("[/a, /b, /c]", R"({"a":"","b":"second","c":"third"})") == "second");
    CHECK(note("[/a, /b]", R"({"a":5,"b":"text"})") == "text");
    CHECK(note("[/a, {const: none}]", "{}") == "none");
    CHECK(note("[[/a, /b], /c]", R"({"c":"third"})") == "third");
    CHECK(note("[/a, /b]", "{}").empty());
}

TEST_CASE("a constant is a word whatever the body says") { CHECK(note("{const: word}", "[]") == "word"); }

TEST_CASE("a table turns their word, text or number, into ours") {
    constexpr std::string_view table = "{at: [/a, /b], words: {high: hot, 3: cold}}";
    CHECK(note(table, R"({"a":"high"})") == "hot");
    CHECK(note(table, R"({"b":3})") == "cold");
    CHECK(note(table, R"({"a":"HIGH"})").empty());
    CHECK(note(table, R"({"a":"other"})").empty());
    CHECK(note(table, "{}").empty());
}

TEST_CASE("a table with else has a word for any other word and for none") {
    constexpr std::string_view table = "{at: /a, words: {high: hot}, else: warm}";
    CHECK(note(table, R"({"a":"high"})") == "hot");
    CHECK(note(table, R"({"a":"other"})") == "warm");
    CHECK(note(table, "{}") == "warm");
}

TEST_CASE("a table ignores case if it says so") {
    constexpr std::string_view table = "{at: /a, words: {High: hot}, ignore_case: true}";
    CHECK(note(table, R"({"a":"hIGH"})") == "hot");
    CHECK(note(table, R"({"a":"higher"})").empty());
}

TEST_CASE("a search takes from the first element that has the texts") {
    constexpr std::string_view search = "{in: /answers, where: {/type: email, /ref: \"1\"}, take: /value}";
    CHECK(note(search, R"({"answers":[{"type":"email","value":"no"},{"type":"email","ref":1,"value":"yes"},
                           {"type":"email","ref":1,"value":"later"}]})") == "yes");
    CHECK(note(search, R"({"answers":[{"type":"email","ref":"1"},{"type":"email","ref":1,"value":"x"}]})")
              .empty());
    CHECK(note(search, R"({"answers":{"a":{"type":"email","ref":1,"value":"x"}}})").empty());
    CHECK(note(search, R"({"answers":[]})").empty());
    CHECK(note(search, "{}").empty());
    CHECK(note("{in: /a, where: {/k: v}, take: /n}", R"({"a":[{"k":"v","n":7}]})", "lead.id") == "7");
}

TEST_CASE("a search looks at 1,000 elements") {
    const auto nth = [](std::size_t place) {
        std::string body = R"({"a":[)";
        for (std::size_t i = 1; i < place; ++i) body += "1,";
        return note("{in: /a, where: {/k: v}, take: /n}", body + R"({"k":"v","n":"found"}]})");
    };
    CHECK(nth(searched_max) == "found");
    CHECK(nth(searched_max + 1).empty());
}

TEST_CASE("a shape is a word: something is there, a text is, an array is, or fields have these texts") {
    constexpr std::string_view shape =
        "{first: [{present: /p, const: present}, {text: /t, const: text}, {array: /a, const: array}, "
        "{is: {/x: one, /y: two}, const: both}]}";
    for (const char* const body :
         {R"({"p":0})", R"({"p":false})", R"({"p":"x"})", R"({"p":[0]})", R"({"p":{"a":1}})"}) {
        CHECK(note(shape, body) == "present");
    }
    for (const char* const body :
         {"{}", R"({"p":null})", R"({"p":""})", R"({"p":[]})", R"({"p":{}})", R"({"t":5})", R"({"t":""})",
          R"({"a":{}})", R"({"x":"one"})", R"({"y":"two"})"}) {
        CAPTURE(body);
        CHECK(note(shape, body).empty());
    }
    CHECK(note(shape, R"({"t":"x","a":[]})") == "text");
    CHECK(note(shape, R"({"a":[]})") == "array");
    CHECK(note(shape, R"({"x":"one","y":"two"})") == "both");
}

TEST_CASE("every place that a shape names is looked up, so that a key there that stands twice is listed") {
    const test::Mapped mapped(
        "map: {event: {first: [{present: /p, const: e}, {is: {/x: one, /y: two}, const: e}]}, "
        "events: {e: {becomes: lead.created}}}",
        R"({"p":1,"y":1,"y":2,"x":1,"x":2})");
    mapped.read();
    CHECK(mapped.verified().ambiguous_keys() == std::vector<std::string>{"/x", "/y"});
}

TEST_CASE("a time is a text of RFC 3339, or seconds or milliseconds, as text or number") {
    const auto time = [](std::string_view written, const std::string& body) {
        return test::Mapped("map: {event: /e, time: " + std::string(written) +
                                ", events: {e: {becomes: lead.created}}}",
                            body)
            .read()
            .time;
    };
    const Instant then{std::chrono::seconds(1'700'000'000)};
    for (const char* const value :
         {"1700000000", "1700000000000", "\"1700000000\"", "\"2023-11-14T22:13:20Z\""}) {
        CHECK(time("/at", std::string(R"({"at":)") + value + "}") == then);
        CHECK(time("[/none, /wrong, /at]", std::string(R"({"wrong":"yesterday","at":)") + value + "}") ==
              then);
    }
    for (const char* const value : {"null", "true", "\"yesterday\"", "[]", "-1", "\"\""}) {
        CHECK_FALSE(time("/at", std::string(R"({"at":)") + value + "}"));
    }
    CHECK_FALSE(time("/at", "{}"));
}

}  // namespace
}  // namespace chathook::mapping
