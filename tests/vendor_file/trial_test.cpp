#include "vendor_file/trial.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace chathook;
using vendor_file::try_file;

namespace {

const std::string head =
    "title: Desk\n"
    "verify: {header: X-S, prefix: 'sha256='}\n"
    "map: {event: /kind, events: {asked: {becomes: handover.requested}}}\n";
// The vector of GitHub's page "Validating webhook deliveries".
const std::string right =
    "vectors:\n"
    "  - from: https://docs.github.com/webhooks\n"
    "    secret: It's a Secret to Everybody\n"
    "    headers: {X-S: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17}\n"
    "    body: Hello, World!\n";

struct Tried {
    std::vector<std::string> outcomes;  // "what: problem"
    std::vector<std::string> problems;
};

Tried tried(const std::string& text) {
    yaml::Findings findings;
    Tried all;
    for (const auto& outcome : try_file("desk", text, findings).outcomes) {
        all.outcomes.push_back(outcome.what + ": " + outcome.problem);
    }
    yaml::put_in_order(findings.problems);
    for (const auto& problem : findings.problems)
        all.problems.push_back(yaml::to_string("", problem).substr(1));
    return all;
}

using Outcomes = std::vector<std::string>;

}  // namespace

TEST_CASE("a vector that the rules accept and a sample of its type pass") {
    const auto all = tried(
        head + right + "samples: [{name: asked, type: handover.requested, body: '{\"kind\":\"asked\"}'}]\n");
    CHECK(all.problems == Outcomes{});
    CHECK(all.outcomes == Outcomes{"vector https://docs.github.com/webhooks: ", "sample asked: "});
}

TEST_CASE("a vector that the rules refuse fails with the reason") {
    std::string wrong = right;
    wrong.replace(wrong.find("Hello"), 5, "hello");
    CHECK(tried(head + wrong).outcomes ==
          Outcomes{"vector https://docs.github.com/webhooks: is refused: wrong_signature"});
}

TEST_CASE("a vector that must be refused fails where it is accepted") {
    const std::string refused = right + "    accepted: false\n    reason: the body was changed\n";
    const std::string accepted =
        "vector https://docs.github.com/webhooks: is accepted, but must be refused: the body was changed";
    CHECK(tried(head + refused).outcomes == Outcomes{accepted});
    std::string changed = refused;
    changed.replace(changed.find("Hello"), 5, "hello");
    CHECK(tried(head + changed).outcomes == Outcomes{"vector https://docs.github.com/webhooks: "});
}

TEST_CASE("a vector that must be refused for a reason code fails where it is refused for another reason") {
    const std::string wrong =
        std::string(right).replace(right.find("Hello"), 5, "hello") + "    accepted: false\n";
    const std::string what = "vector https://docs.github.com/webhooks: ";
    CHECK(tried(head + wrong + "    reason: wrong_signature\n").outcomes == Outcomes{what});
    CHECK(tried(head + wrong + "    reason: malformed_signature\n").outcomes ==
          Outcomes{what + "is refused: wrong_signature, not malformed_signature"});
    CHECK(tried(head + wrong + "    reason: stale_timestamp\n").outcomes ==
          Outcomes{what + "is refused: wrong_signature, not stale_timestamp"});
    const std::string headless =
        "vectors: [{from: a, secret: a secret, body: b, accepted: false, reason: missing_signature}]\n";
    CHECK(tried(head + headless).outcomes == Outcomes{"vector a: "});
    const std::string keyless = "title: Desk\nverify: {header: X-S, key: base64}\n";
    CHECK(tried(keyless + wrong + "    reason: the key is none\n").outcomes == Outcomes{what});
    CHECK(tried(keyless + wrong + "    reason: wrong_signature\n")
              .outcomes[0]
              .starts_with(what + "its secret "));
}

TEST_CASE("a sample that is a handshake passes with the answer that it gets") {
    const std::string probed =
        head + right +
        "handshake:\n"
        "  - {when: {pointer: /probe, present: true, absent: /kind}, answer: {text: {pointer: /probe}}}\n"
        "  - {when: {header: X-Challenge, pointer: /kind, is: sync}, answer: {accepted: true}}\n"
        "samples:\n";
    yaml::Findings findings;
    const auto trial = try_file(
        "desk", probed + "  - {name: probe, type: handshake, body: '{\"probe\":\"abc\"}'}\n", findings);
    REQUIRE(trial.outcomes.size() == 2);
    CHECK(trial.outcomes[1].problem.empty());
    REQUIRE(trial.outcomes[1].answer.has_value());
    CHECK(trial.outcomes[1].answer->status == 200);
    CHECK(trial.outcomes[1].answer->body == "abc");
    CHECK(trial.outcomes[1].remark.empty());
    const auto of = [&](const std::string& type, const std::string& body) {
        return tried(probed + "  - {name: probe, type: " + type + ", body: '" + body + "'}\n").outcomes.at(1);
    };
    CHECK(of("unrecognized", R"({"probe":"abc"})") ==
          "sample probe: is a handshake, which makes no event, not unrecognized; write type: handshake");
    CHECK(of("handshake", R"({"probe":"a b"})") ==
          "sample probe: is refused: handshake_refused; what is echoed is missing, or not a text that an "
          "answer "
          "may have");
    const std::string none =
        "sample probe: is no handshake: no entry of handshake fits this body; a GET, and a request that "
        "needs a "
        "header, cannot be a sample";
    CHECK(of("handshake", R"({"probe":"abc","kind":"asked"})") == none);
    CHECK(of("handshake", R"({"kind":"sync"})") == none);
    CHECK(of("handover.requested", R"({"probe":"abc","kind":"asked"})") == "sample probe: ");
}

TEST_CASE("a MAC in the answer to a sample is made with a secret that the outcome names") {
    yaml::Findings findings;
    const auto trial = try_file("desk",
                                "title: Desk\nverify: {header: X-S, text: 'v0:{body}'}\n"
                                "handshake: [{when: {pointer: /token, present: true}, answer: {text: "
                                "{hmac_hex: {pointer: /token}}}}]\n"
                                "samples: [{name: probe, type: handshake, body: '{\"token\":\"abc\"}'}]\n",
                                findings);
    REQUIRE(trial.outcomes.size() == 1);
    REQUIRE(trial.outcomes[0].answer.has_value());
    CHECK(trial.outcomes[0].answer->body.size() == 64);
    CHECK(trial.outcomes[0].remark == "hmac_hex is made with the secret 'stands for any secret'");
}

TEST_CASE("a vector is verified at its date, or at the time that it was signed") {
    const std::string timed =
        "title: Desk\nverify: {header: X-S, text: 'v0:{time}:{body}', prefix: v0=, time: {header: X-T, unit: "
        "s, tolerance: 5m}}\n"
        "vectors:\n"
        "  - from: https://example.com/a\n"
        "    secret: a secret of some length\n"
        "    headers: {X-T: '1700000000', X-S: "
        "v0=ef586a291cb496fd7854f8ca95ec031c3d8bd2e02381a95e3d0399a688a2b153}\n"
        "    body: '{}'\n";
    CHECK(tried(timed).outcomes == Outcomes{"vector https://example.com/a: "});
    CHECK(tried(timed + "    at: 2023-11-14T22:18:20Z\n").outcomes ==
          Outcomes{"vector https://example.com/a: "});
    CHECK(tried(timed + "    at: 2023-11-14T22:18:21Z\n").outcomes ==
          Outcomes{"vector https://example.com/a: is refused: stale_timestamp"});
    yaml::Findings findings;
    const auto trial = try_file("desk", timed + "    at: 2023-11-14\n", findings);
    CHECK(findings.errors() == 1);
    CHECK(trial.outcomes.empty());
}

TEST_CASE("a sample that becomes another type fails with both") {
    const auto all =
        tried(head + right + "samples: [{name: asked, type: lead.created, body: '{\"kind\":\"asked\"}'}]\n");
    CHECK(all.outcomes.back() == "sample asked: becomes handover.requested, not lead.created");
}

TEST_CASE("the types of a sample's events may be a list, in the order of the events") {
    const std::string each =
        "title: Desk\nverify: {header: X-S}\n"
        "map:\n"
        "  each: [[/events]]\n"
        "  identity: [/id]\n"
        "  event: /kind\n"
        "  events: {asked: {becomes: handover.requested}, left: {becomes: lead.created}}\n"
        "samples:\n";
    const auto of = [&](const std::string& type) {
        return tried(each + "  - name: two\n    type: " + type +
                     "\n    body: "
                     "'{\"events\":[{\"kind\":\"left\",\"id\":1},{\"kind\":\"asked\",\"id\":2}]}'\n")
            .outcomes;
    };
    CHECK(of("[lead.created, handover.requested]") == Outcomes{"sample two: "});
    CHECK(of("[handover.requested, lead.created]") ==
          Outcomes{
              "sample two: becomes lead.created, handover.requested, not handover.requested, lead.created"});
    CHECK(of("[lead.created]") ==
          Outcomes{"sample two: becomes lead.created, handover.requested, not lead.created"});
    CHECK(of("lead.created") == Outcomes{"sample two: becomes handover.requested, not lead.created"});
}

TEST_CASE("a file without vectors is warned of") {
    const auto all = tried(head);
    REQUIRE(all.problems.size() == 1);
    CHECK(all.problems[0].find("warning: has no vectors") != std::string::npos);
}

TEST_CASE("what is wrong in a vector is told with its line, and nothing is tried then") {
    CHECK(tried(head + "vectors: [{from: a}]\n").problems.size() == 3);
    const auto all = tried(head + right + "    colour: red\n");
    REQUIRE(all.problems.size() == 1);
    CHECK(all.problems[0].find("9: vectors[0].colour: unknown key") == 0);
    CHECK(all.outcomes.empty());
    CHECK(tried(head + right + "    accepted: false\n").problems.size() == 1);
    CHECK(tried(head + right + "    reason: none\n").problems.size() == 1);
}

TEST_CASE("a secret that is no key of the rules fails its vector") {
    const std::string listed = "title: Desk\nverify: {header: X-S, key: base64}\n" + right;
    const auto all = tried(listed);
    REQUIRE(all.outcomes.size() == 1);
    CHECK(all.outcomes[0].find("its secret ") != std::string::npos);
    CHECK(all.outcomes[0].find("Everybody") == std::string::npos);
}
