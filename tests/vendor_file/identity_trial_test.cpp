#include "vendor_file/identity_trial.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "yaml/tree.hpp"

using namespace chathook;

namespace {

using Warnings = std::vector<std::string>;

// The warnings of a file with this text, whose first line is the second one.
Warnings judged(const std::string& text) {
    yaml::Findings findings;
    const std::string whole = "title: Desk\n" + text + "verify: {header: X-S}\n";
    const auto file = vendor_file::VendorFile::read("desk", whole, findings);
    const auto tree = yaml::parse_yaml(whole, findings);
    REQUIRE(findings.problems.empty());
    vendor_file::judge_identity(*file, yaml::Place::root(*tree, findings));
    Warnings warnings;
    for (const auto& problem : findings.problems) warnings.push_back(yaml::to_string("", problem).substr(1));
    return warnings;
}

// Samples a, b, ... with these bodies; the first stands in the line after its key.
std::string samples_of(const std::vector<std::string>& bodies) {
    std::string text = "samples:\n";
    char name = 'a';
    for (const std::string& body : bodies) {
        text += std::string("  - {name: ") + name++ + ", type: unrecognized, body: '" + body + "'}\n";
    }
    return text;
}

const std::string nowhere =
    ": warning: stands in none of the samples, and without it the whole body is the identity; correct the "
    "pointer, or add a sample that has it";

std::string same_as(const std::string& sample) {
    return ": warning: has an event with the identity of one in the sample '" + sample +
           "', so that only the first of the two would be kept; name in identity what differs, or, if they "
           "are "
           "one event, give the samples one body";
}

}  // namespace

TEST_CASE("a part of the identity that stands in no sample is warned of") {
    const std::string samples = samples_of({R"({"id":1,"at":null})", R"({"id":"","kind":"x"})"});
    CHECK(judged("identity: [/id, /kind]\n" + samples) == Warnings{});
    CHECK(judged("identity: [/id, /at]\n" + samples) == Warnings{"2: identity[1]" + nowhere});
    CHECK(judged("identity: [/id, {any: /at}]\n" + samples) == Warnings{});
    CHECK(judged("identity: [{text: /id}, {id: /nr}]\n" + samples) ==
          Warnings{"2: identity[0]" + nowhere, "2: identity[1]" + nowhere});
    CHECK(judged("identity: [/nr]\n") == Warnings{});
}

TEST_CASE("the identity of an element is looked for in the elements") {
    const std::string map = "map: {each: [[/events]], event: /kind, identity: [/id, ^/account]}\n";
    CHECK(judged(map + samples_of({R"({"account":1,"events":[{"id":1}]})"})) == Warnings{});
    CHECK(judged(map + samples_of({R"({"id":1,"events":[{"account":1,"nr":1}]})"})) ==
          Warnings{"2: map.identity[0]" + nowhere, "2: map.identity[1]" + nowhere});
    CHECK(judged(map + samples_of({R"({"account":1,"events":[{"id":1},{"id":1,"kind":"x"}]})"})) ==
          Warnings{"4: samples[0]" + same_as("a")});
}

TEST_CASE("two samples with one identity and two bodies are warned of") {
    const std::string identity = "identity: [/id]\n";
    CHECK(judged(identity + samples_of({R"({"id":1})", R"({"id":2})", R"({"id":1})"})) == Warnings{});
    CHECK(judged(identity +
                 samples_of({R"({"id":1,"kind":"new"})", R"({"id":2})", R"({"id":1,"kind":"old"})"})) ==
          Warnings{"6: samples[2]" + same_as("a")});
    CHECK(judged(identity + samples_of({R"({"id":3})", R"({"kind":"new"})", R"({"kind":"old"})"})) ==
          Warnings{});
}

TEST_CASE("each without identity is warned of, unless several paths lead to events of several kinds") {
    CHECK(
        judged("map: {each: [[/events]], event: /kind}\n") ==
        Warnings{
            "2: map: warning: has each without identity, so an event that comes again in another request is "
            "a new one; write identity: with what tells the elements apart"});
    CHECK(judged("map: {each: [[/events], [/notes]], event: /kind}\n") == Warnings{});
    CHECK(judged("map: {event: /kind}\n") == Warnings{});
}

TEST_CASE("a name that two samples have is warned of") {
    CHECK(
        judged("samples:\n  - {name: a, type: unrecognized, body: '1'}\n"
               "  - {name: a, type: unrecognized, body: '2'}\n") ==
        Warnings{"4: samples[1]: warning: has the name of the sample in line 3, which alone `send --sample` "
                 "finds; rename one of them"});
}

TEST_CASE("a sample that is a handshake has no identity") {
    CHECK(judged("identity: [/id]\nhandshake: [{when: {pointer: /probe, present: true}, answer: {accepted: "
                 "true}}]\n" +
                 samples_of({R"({"id":1,"probe":1})", R"({"id":1,"probe":2})"})) ==
          Warnings{"2: identity[0]" + nowhere});
}
