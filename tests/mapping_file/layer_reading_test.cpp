#include "mapping_file/layer_reading.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "mapping/mapped.hpp"

namespace chathook::mapping_file {
namespace {

using Texts = std::vector<std::string>;

// What is wrong with an event that has these lines.
Texts wrong_event(std::string_view lines) {
    return test::read_mapping("map:\n  event: /e\n  events:\n    e:\n      becomes: message.sent\n" +
                              std::string(lines))
        .problems;
}

TEST_CASE("a field that no event has is an error in its line, with a suggestion") {
    CHECK(wrong_event("      set:\n        contact.name: /a\n        contact.mail: /b\n") ==
          Texts{"8: map.events.e.set.contact.mail: 'contact.mail' is not a field of an event (did you mean "
                "'contact.email'?); docs/event-model.md lists them"});
    CHECK(wrong_event("      set: {conversation.messages: /a}\n") ==
          Texts{"6: map.events.e.set.conversation.messages: is written as messages: [{role: ..., text: "
                "...}], beside "
                "set and not in it"});
    CHECK(wrong_event("      set: {}\n") ==
          Texts{"6: map.events.e.set: is empty; write {contact.name: /data/name}"});
}

TEST_CASE("resources come from the element of each, and texts from around it, too") {
    const auto wrong = [](std::string_view message) {
        return test::read_mapping("map:\n  each: [[/list]]\n  event: /e\n  messages:\n    - " +
                                  std::string(message) + "\n")
            .problems;
    };
    CHECK(wrong("{role: {const: user}, text: ^/t, resources: /r}") == Texts{});
    CHECK(wrong("{each: /m, role: {const: user}, text: ^^/t, resources: ^/r}") == Texts{});
    for (const auto* message :
         {"{role: {const: user}, resources: ^/r}", "{each: /m, role: {const: user}, resources: ^^/r}",
          "{each: ^/m, role: {const: user}, resources: /r}"}) {
        const Texts problems = wrong(message);
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].find("resources: stands outside of the element of each") != std::string::npos);
    }
}

TEST_CASE("a subject names fields") {
    CHECK(wrong_event("      subject: [lead.id, bot.id]\n") == Texts{});
    CHECK(wrong_event("      subject: lead.id\n") == Texts{});
    CHECK(
        wrong_event("      subject: [lead.ids]\n") ==
        Texts{"6: map.events.e.subject[0]: 'lead.ids' is not a field of an event (did you mean 'lead.id'?); "
              "docs/event-model.md lists them"});
    CHECK(wrong_event("      subject: [lead.answers]\n") ==
          Texts{"6: map.events.e.subject[0]: is a list, which cannot be the subject"});
    CHECK(wrong_event("      subject: []\n") ==
          Texts{"6: map.events.e.subject: is empty; name a field, or leave the key out"});
}

TEST_CASE("a message needs its role, and text or resources") {
    CHECK(wrong_event("      messages: [{role: {const: bot}, resources: /r}]\n") == Texts{});
    CHECK(wrong_event("      messages: [{text: /t}]\n") ==
          Texts{"6: map.events.e.messages[0]: role is missing; write who speaks, as in role: {const: user}"});
    CHECK(
        wrong_event("      messages: [{role: {const: bot}}]\n") ==
        Texts{
            "6: map.events.e.messages[0]: has neither text nor resources, so no message would have content"});
    CHECK(wrong_event("      messages: {role: {const: bot}, text: /t}\n") ==
          Texts{"6: map.events.e.messages: must be a list, as in messages: [{role: {const: user}, text: "
                "/data/text}]"});
    CHECK(wrong_event("      messages: []\n") ==
          Texts{"6: map.events.e.messages: is empty; write at least one message, or leave the key out"});
    CHECK(wrong_event("      messages: [{role: {const: human}, text: /t}]\n") ==
          Texts{"6: map.events.e.messages[0].role.const: 'human' is not one of: user, bot, agent, system"});
    CHECK(wrong_event("      messages: [{role: /by, text: /t}]\n").size() == 1);
    CHECK(wrong_event("      messages: [{role: {const: bot}, text: /t, txt: /u}]\n").size() == 1);
}

TEST_CASE("carets in messages lead as far as something is around") {
    CHECK(wrong_event("      messages: [{each: /m, role: {const: bot}, text: ^/t}]\n") == Texts{});
    CHECK(wrong_event("      messages: [{each: /m, role: {const: bot}, text: ^^/t}]\n") ==
          Texts{"6: map.events.e.messages[0].text: '^^/t' goes up further than the body, which is 1 up from "
                "here; take "
                "a '^' out"});
    CHECK(wrong_event("      messages: [{role: {const: bot}, text: ^/t}]\n").size() == 1);
    CHECK(wrong_event("      messages: [{each: ^/m, role: {const: bot}, text: /t}]\n").size() == 1);
}

TEST_CASE("how many elements are looked at is said of a list alone") {
    CHECK(wrong_event("      messages: [{each: /m, role: {const: bot}, text: /t, most: 5}]\n") == Texts{});
    CHECK(wrong_event("      messages: [{role: {const: bot}, text: /t, most: 5}]\n") ==
          Texts{"6: map.events.e.messages[0].most: has no effect without each; take it out"});
    CHECK(wrong_event("      messages: [{each: /m, role: {const: bot}, text: /t, most: 0}]\n").size() == 1);
}

TEST_CASE("the answers of a lead are a list with its questions") {
    CHECK(wrong_event("      set: {lead.answers: {each: /a, question: /q, answer: [/v, ^/v]}}\n") == Texts{});
    CHECK(wrong_event("      set: {lead.answers: /a}\n") ==
          Texts{"6: map.events.e.set.lead.answers: must be a mapping of keys to values; its keys are: each, "
                "question, "
                "answer"});
    CHECK(
        wrong_event("      set: {lead.answers: {each: /a, answer: /v}}\n") ==
        Texts{
            "6: map.events.e.set.lead.answers: question is missing; write where an answer has its question"});
}

}  // namespace
}  // namespace chathook::mapping_file
