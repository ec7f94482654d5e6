#include "mapping_file/reading.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "mapping/mapped.hpp"

namespace chathook::mapping_file {
namespace {

using Texts = std::vector<std::string>;

Texts wrong_file(std::string_view file, const SignedParts& parts = {}) {
    return test::read_mapping(file, parts).problems;
}

TEST_CASE("a map needs event") {
    CHECK(wrong_file("map:\n  time: /t\n") ==
          Texts{"1: map: event is missing; write where the vendor's word for the event stands"});
    CHECK(wrong_file("map: {event: /e}").empty());
    CHECK(wrong_file("map: word") == Texts{"1: map: must be a mapping of keys to values; its keys are: each, "
                                           "look_first, event, time, subject, "
                                           "set, messages, events, blocks, identity"});
    CHECK(wrong_file("map: {event: /e, events: {}}") ==
          Texts{"1: map.events: is empty; write {their.word: {becomes: lead.created}}"});
}

TEST_CASE("a key that a map, an event or a block does not know is an error in its line") {
    CHECK(wrong_file(R"(map:
  event: /e
  evnts: {}
  events:
    e: {becomes: lead.created, use: b,
        sett: {}}
  blocks:
    b:
      becomes: lead.created
)") == Texts{"3: map.evnts: unknown key (did you mean 'events'?); known here: each, look_first, event, time, "
             "subject, "
             "set, messages, events, blocks, identity",
             "6: map.events.e.sett: unknown key (did you mean 'set'?); known here: becomes, use, set, "
             "messages, "
             "subject, time",
             "9: map.blocks.b.becomes: unknown key; known here: set, messages, subject, time"});
}

TEST_CASE("a number is an event where a number stands under events") {
    const auto kind_with = [](const std::string& word) {
        const auto read =
            test::read_mapping("map: {event: /e, events: {" + word + ": {becomes: lead.created}}}");
        REQUIRE(read.problems == Texts{});
        return read.mapping.event_kind;
    };
    for (const char* number : {"7", "-7", "0", "7.5", "'7'"}) {
        CAPTURE(number);
        CHECK(kind_with(number) == mapping::Kind::id);
    }
    for (const char* word : {"seven", "7a", "7.", ".5", "-", "7.5.1", "v7"}) {
        CAPTURE(word);
        CHECK(kind_with(word) == mapping::Kind::text);
    }
}

TEST_CASE("unrecognized is what an event becomes that is left out") {
    CHECK(wrong_file("map:\n  event: /e\n  events:\n    e: {becomes: unrecognized}\n") ==
          Texts{"4: map.events.e.becomes: is what every event becomes that does not stand under events; "
                "leave this "
                "event out"});
}

TEST_CASE("a type that no event has is an error in its line, with a suggestion") {
    const Texts problems =
        wrong_file("map:\n  event: /e\n  events:\n    e: {becomes: lead.create}\n    f: {}\n");
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].starts_with(
        "4: map.events.e.becomes: 'lead.create' is not one of: handover.requested, "));
    CHECK(problems[0].ends_with("(did you mean 'lead.created'?)"));
    CHECK(problems[1] ==
          "5: map.events.f: becomes is missing; write the type of docs/event-model.md, as in lead.created");
}

TEST_CASE("a block that is not there is an error in its line, and so is one that nobody uses, or one twice") {
    CHECK(wrong_file(R"(map:
  event: /e
  events:
    e:
      becomes: lead.created
      use: [person, who, who]
  blocks:
    who: {set: {contact.name: /n}}
    persons: {set: {contact.name: /n}}
)") == Texts{"6: map.events.e.use[0]: there is no block 'person' (did you mean 'persons'?); there are: "
             "persons, who",
             "6: map.events.e.use[2]: the block 'who' stands here already; take one out",
             "9: map.blocks.persons: no event uses this block; name it under use, or take it out"});
    CHECK(wrong_file("map: {event: /e, events: {e: {becomes: lead.created, use: who}}}") ==
          Texts{"1: map.events.e.use: there is no block 'who'; write it under blocks"});
}

TEST_CASE("an event without a name is an error") {
    CHECK(wrong_file("map: {event: /e, events: {'': {becomes: lead.created}}}").size() == 1);
}

TEST_CASE("each is a list of pointers, or a list of such lists") {
    constexpr std::string_view rest = ", event: /e, events: {e: {becomes: lead.created}}}";
    const auto each = [&](std::string_view value) {
        return test::read_mapping("map: {each: " + std::string(value) + std::string(rest));
    };
    CHECK(each("[/entry, /changes]").problems == Texts{});
    CHECK(each("[/entry, /changes]").mapping.each.size() == 1);
    CHECK(each("[[/entry, /changes], [/entry, /messaging]]").problems == Texts{});
    CHECK(each("[[/entry, /changes], [/entry, /messaging]]").mapping.each.size() == 2);
    CHECK(each("/list").problems == Texts{});
    CHECK(each("[[/a], /b]").problems ==
          Texts{"1: map.each[1]: must be a list of pointers like the others, as in [/entry, /changes]"});
    CHECK(each("[]").problems ==
          Texts{"1: map.each: is empty; write at least one pointer, as in [/entry, /changes]"});
    CHECK(each("[[/a], []]").problems ==
          Texts{"1: map.each[1]: is empty; write at least one pointer, as in [/entry, /changes]"});
    CHECK(test::read_mapping("map: {each: [[tickets]], event: /e, identity: [/id, ^/account]}")
              .problems.size() == 1);
    CHECK(each("[/a, /b, /c, /d, /e]").problems ==
          Texts{"1: map.each: has more than 4 entries; remove some of them"});
    CHECK(each("[/a, ^/b]").problems.size() == 1);
}

TEST_CASE("under each carets lead as far as every path has levels") {
    const auto pointer = [](std::string_view each, std::string_view text) {
        return wrong_file("map: {each: " + std::string(each) +
                          ", event: /e, events: {e: {becomes: lead.created, set: "
                          "{lead.id: " +
                          std::string(text) + "}}}}");
    };
    CHECK(pointer("[/a, /b]", "^^/x") == Texts{});
    CHECK(pointer("[/a, /b]", "^^^/x").size() == 1);
    CHECK(pointer("[[/a, /b], [/c]]", "^^/x").size() == 1);
}

TEST_CASE("an identity is a list of pointers, and of what is signed beside the body") {
    const SignedParts parts{.id = true, .time = true, .headers = {"X-Id"}};
    CHECK(wrong_file("identity: [/a, id, time, {header: X-Id}, {text: /b}, {id: /c}, {any: /d}]", parts) ==
          Texts{});
    CHECK(wrong_file("identity: /a") == Texts{"1: identity: must be a list, as in [/event, /data/id]"});
    CHECK(wrong_file("identity: []") ==
          Texts{"1: identity: is empty; write what differs between events, or leave the key out"});
    CHECK(wrong_file("identity: [a]") ==
          Texts{"1: identity[0]: 'a' is not a JSON pointer, which begins with '/', as in /data/id"});
    CHECK(wrong_file("identity: [{any: /a, text: /b}]") ==
          Texts{"1: identity[0]: must have one key: {text: /event}, {id: /time}, {any: /data} or {header: "
                "NAME}"});
    CHECK(wrong_file("identity: [{txt: /a}]").size() == 1);
}

TEST_CASE("an identity of what is not signed is an error") {
    CHECK(wrong_file("identity:\n  - id\n") ==
          Texts{"2: identity[0]: there is no signed id; write verify.id and {id} in verify.text"});
    CHECK(wrong_file("identity: [/a, time]") ==
          Texts{"1: identity[1]: there is no signed time; write verify.time, or a pointer to a time"});
    CHECK(wrong_file("identity: [{header: X-Id}]", {.headers = {"X-Other"}}) ==
          Texts{"1: identity[0].header: is not signed, so a repeated webhook could pass as a new one; sign "
                "it with "
                "{header:X-Id} in verify.text, or name something of the body"});
    CHECK(
        wrong_file("identity: [time]", {.time = true}) ==
        Texts{
            "1: identity: is the time alone, at which two events may happen; add what differs between them"});
}

TEST_CASE("an identity stands in map if, and only if, map has each") {
    CHECK(wrong_file("map: {each: /l, event: /e, identity: [/a], events: {e: {becomes: lead.created}}}") ==
          Texts{});
    CHECK(wrong_file("map: {event: /e, identity: [/a], events: {e: {becomes: lead.created}}}") ==
          Texts{"1: map.identity: stands beside map, not in it, unless map has each"});
    CHECK(wrong_file("map: {each: /l, event: /e, events: {e: {becomes: lead.created}}}\nidentity: [/a]") ==
          Texts{"2: identity: would make all events of a request the same one; write it in map, where its "
                "pointers "
                "begin at an element of each"});
}

TEST_CASE("many mistakes are all reported, each in its line") {
    CHECK(wrong_file(R"(map:
  event: kind
  time: [at]
  events:
    a:
      becomes: lead.made
      set:
        contact.nam: /n
        contact.email: n
)")
              .size() == 5);
}

}  // namespace
}  // namespace chathook::mapping_file
