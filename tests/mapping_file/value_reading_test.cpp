#include "mapping_file/value_reading.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "mapping/mapped.hpp"

namespace chathook::mapping_file {
namespace {

using Texts = std::vector<std::string>;

// What is wrong with a value in the fifth line, for a field; what precedes it in each message is cut off.
Texts wrong_value(std::string_view value, std::string_view target = "lead.note") {
    const std::string file = "map:\n  event: /e\n  events:\n    e: {becomes: lead.created, set: {\n      " +
                             std::string(target) + ": " + std::string(value) + "}}\n";
    Texts problems = test::read_mapping(file).problems;
    const std::string where = "5: map.events.e.set." + std::string(target);
    for (std::string& problem : problems) {
        CAPTURE(problem);
        CHECK(problem.starts_with(where));
        problem.erase(0, where.size());
    }
    return problems;
}

TEST_CASE("every form of a value is read without a finding") {
    for (const char* const value : {"/a/b", "''", "[/a, /b]", "{const: word}", "{at: /a, words: {x: y}}",
                                    "{at: [/a, /b], words: {x: y}, else: z, ignore_case: true}",
                                    "{in: /a, where: {/b: x, /c: y}, take: /d}",
                                    "{first: [{present: /a, const: x}, {array: /b, const: y}, {is: {/c: d}, "
                                    "const: z}, {text: /e, const: w}]}"}) {
        CAPTURE(value);
        CHECK(wrong_value(value) == Texts{});
    }
}

TEST_CASE("a pointer without its slash is an error with the fix") {
    CHECK(wrong_value("data/id") ==
          Texts{": 'data/id' is not a JSON pointer, which begins with '/', as in /data/id"});
    CHECK(wrong_value("[/a, b]") ==
          Texts{"[1]: 'b' is not a JSON pointer, which begins with '/', as in /data/id"});
    CHECK(wrong_value("/a~b") == Texts{": '/a~b' has a '~' that is neither ~0, for '~', nor ~1, for '/'"});
    CHECK(wrong_value("{in: a, where: {b: x}, take: c}").size() == 3);
}

TEST_CASE("a condition compares with a text or with another place, which is named by same alone") {
    CHECK(wrong_value("{in: /a, where: {/b: {same: ^/c}}, take: /d}") == Texts{});
    CHECK(wrong_value("{in: /a, where: {/b: {same: ^^/c}}, take: /d}").size() == 1);
    CHECK(wrong_value("{in: /a, where: {/b: {}}, take: /d}").size() == 1);
    CHECK(wrong_value("{in: /a, where: {/b: {same: /c, is: x}}, take: /d}").size() == 1);
    CHECK(wrong_value("{first: [{is: {/b: {same: /c}}, const: x}]}") == Texts{});
}

TEST_CASE("a pointer that goes up where nothing is around is an error") {
    CHECK(wrong_value("^/a") ==
          Texts{": '^/a' goes up with '^', but nothing is around the value here; take a '^' out"});
    CHECK(wrong_value("{in: /a, where: {^/b: x}, take: /c}").size() == 1);
}

TEST_CASE("a value of no form is an error with the forms") {
    const std::string forms =
        "write a pointer as in /data/id, a list of values, or one of {const: ...}, {at: ..., words: ...}, "
        "{in: ..., "
        "where: ..., take: ...}, {first: [...]}";
    CHECK(wrong_value("{}") == Texts{": is none of the forms of a value; " + forms});
    CHECK(wrong_value("{konst: x}") == Texts{": is none of the forms of a value; " + forms});
    CHECK(wrong_value("[]") == Texts{": is empty; write at least one value, or leave the key out"});
    CHECK(wrong_value("") ==
          Texts{": has no value; write a JSON pointer such as /data/id, or leave the key out"});
}

TEST_CASE("what a form lacks and what it does not know are errors") {
    CHECK(wrong_value("{words: {a: b}}") ==
          Texts{": at is missing; write where their word stands, as in at: /data/role"});
    CHECK(wrong_value("{at: /a}") == Texts{": words is missing; write words: {theirs: ours}"});
    CHECK(wrong_value("{at: /a, words: {}}") == Texts{".words: is empty; write words: {theirs: ours}"});
    CHECK(wrong_value("{at: /a, words: {a: b}, ignore_cases: true}") ==
          Texts{".ignore_cases: unknown key (did you mean 'ignore_case'?); known here: at, words, else, "
                "ignore_case"});
    CHECK(wrong_value("{in: /a, take: /b}") ==
          Texts{": where is missing; write what the element has, as in where: {/type: email}"});
    CHECK(wrong_value("{const: a, else: b}") == Texts{".else: unknown key; known here: const"});
    CHECK(wrong_value("{first: {present: /a, const: b}}") ==
          Texts{".first: must be a list, as in first: [{present: /messages/0, const: message}]"});
    CHECK(wrong_value("{first: [{const: a}]}") ==
          Texts{".first[0]: needs one of present, text, array and is, and has 0"});
    CHECK(wrong_value("{first: [{present: /a, array: /b, const: c}]}") ==
          Texts{".first[0]: needs one of present, text, array and is, and has 2"});
    CHECK(wrong_value("{first: [{present: /a}]}") ==
          Texts{".first[0]: const is missing; write the word that this shape means"});
}

TEST_CASE("words that ignore_case takes as the same are an error") {
    CHECK(wrong_value("{at: /a, words: {high: x, HIGH: y}}") == Texts{});
    CHECK(wrong_value("{at: /a, words: {high: x, HIGH: y}, ignore_case: true}") ==
          Texts{".words.HIGH: stands here already in other letters, which ignore_case takes as the same; "
                "keep one"});
}

TEST_CASE("a field of few words takes no other, wherever the word stands") {
    const std::string fault = " is not one of: webhook, live_chat, email";
    CHECK(wrong_value("{const: live_chat}", "handover.channel") == Texts{});
    CHECK(wrong_value("{const: livechat}", "handover.channel") ==
          Texts{".const: 'livechat'" + fault + " (did you mean 'live_chat'?)"});
    CHECK(wrong_value("{const: urgent}", "handover.priority") ==
          Texts{".const: 'urgent' is not one of: low, medium, high"});
    CHECK(wrong_value("{at: /a, words: {x: low, y: middle}, else: none}", "handover.priority").size() == 2);
    CHECK(wrong_value("{first: [{present: /a, const: phone}]}", "handover.channel") ==
          Texts{".first[0].const: 'phone'" + fault});
}

TEST_CASE("a field of few words is not filled with whatever a body says") {
    const std::string fault =
        ": may become only low, medium, high; write {const: ...}, or a table: {at: /data/x, "
        "words: {theirs: ours}}";
    CHECK(wrong_value("/a", "handover.priority") == Texts{fault});
    CHECK(wrong_value("[{const: low}, /a]", "handover.priority") == Texts{"[1]" + fault});
    CHECK(wrong_value("{in: /a, where: {/b: c}, take: /d}", "handover.priority") == Texts{fault});
    CHECK(wrong_value("{at: /a, words: {1: low}}", "handover.priority") == Texts{});
}

TEST_CASE("a header stands for the event alone, and that it is not signed is a warning") {
    CHECK(wrong_value("{header: X-Topic}") ==
          Texts{".header: a header may stand for the event alone; take the value from the body"});
    constexpr std::string_view file = "map: {event: {header: X-Topic}, events: {e: {becomes: lead.created}}}";
    CHECK(test::read_mapping(file, {.headers = {"x-topic"}}).problems == Texts{});
    CHECK(
        test::read_mapping(file).problems ==
        Texts{
            "1: map.event.header: warning: is not signed, so whoever repeats a webhook can change the event; "
            "sign it with {header:X-Topic} in verify.text, or take the event from the body"});
    CHECK(test::read_mapping("map: {event: {header: X Topic}, events: {e: {becomes: lead.created}}}")
              .problems ==
          Texts{"1: map.event.header: 'X Topic' is not the name of a header, as in X-Event-Type"});
}

TEST_CASE("a mapping has at most 64 pointers, and the one too many is named once") {
    const auto file_with = [](std::size_t pointers) {
        std::string file =
            "map:\n  event: /e\n  events:\n    e: {becomes: lead.created, set: {lead.note: [\n";
        for (std::size_t i = 0; i < pointers; ++i) {
            file += "[/a]" + std::string(i % 12 == 11 ? "], lead.status: [\n" : ",\n");
            if (i % 12 == 11) {
                const auto names = mapping::targets();
                const std::size_t at = file.rfind("lead.status");
                file.replace(at, 11, std::string(names[i / 12].name));
            }
        }
        return file + "[{const: x}]]}}\n";
    };
    CHECK(test::read_mapping(file_with(mapping::pointers_max - 1)).problems == Texts{});
    const Texts problems = test::read_mapping(file_with(mapping::pointers_max + 2)).problems;
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("68: "));
    CHECK(problems[0].ends_with(
        "is one pointer more than the 64 that a mapping may have; take some out, or put what "
        "events share into a block"));
}

}  // namespace
}  // namespace chathook::mapping_file
