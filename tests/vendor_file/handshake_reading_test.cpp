#include "vendor_file/handshake_reading.hpp"

#include <string>
#include <vector>

#include "vendor_file/read_file.hpp"

using namespace chathook;
using test::read_file;
using Echo = Handshake::Echo;

namespace {

using Problems = std::vector<std::string>;

constexpr std::string_view get_when = "{method: GET, query: {hub.verify_token: $verify_token}}";
constexpr std::string_view ping = "{pointer: /type, is: ping}";

// A file with this handshake, whose parts are in lines 4 and 5.
test::ReadFile handshaken(std::string_view when, std::string_view answer = "{accepted: true}",
                          std::string_view verify = R"({header: X-S, text: "v0:{header:X-Id}:{body}"})") {
    return read_file("title: Desk\nverify: " + std::string(verify) + "\nhandshake:\n  - when: " +
                     std::string(when) + "\n    answer: " + std::string(answer) + "\n");
}

Problems of_when(std::string_view when) { return handshaken(when).problems; }
Problems of_answer(std::string_view answer) { return handshaken(ping, answer).problems; }
Problems of_get_answer(std::string_view answer) { return handshaken(get_when, answer).problems; }

}  // namespace

TEST_CASE("a handshake by GET is read with the parameters of its query and what is echoed") {
    const auto read =
        handshaken("{method: GET, query: {hub.mode: subscribe, hub.verify_token: $verify_token}}",
                   "{text: {query: hub.challenge}}");
    REQUIRE(read.problems == Problems{});
    REQUIRE(read.file->definition().handshakes.size() == 1);
    const Handshake& one = read.file->definition().handshakes[0];
    CHECK(one.is_get);
    REQUIRE(one.query.size() == 2);
    CHECK(one.query[0].name == "hub.mode");
    CHECK(one.query[0].text == "subscribe");
    CHECK_FALSE(one.query[0].is_verify_token);
    CHECK(one.query[1].name == "hub.verify_token");
    CHECK(one.query[1].is_verify_token);
    CHECK(one.answer == Handshake::Answer::text);
    REQUIRE(one.echoes.size() == 1);
    CHECK(one.echoes[0].from == Echo::From::query);
    CHECK(one.echoes[0].name == "hub.challenge");
}

TEST_CASE("a handshake in a signed body is read with its place, its text and its answer") {
    const auto read = handshaken(
        "{header: X-Challenge, pointer: /a/b, is: sync}",
        "{json: {plain: {pointer: /p/t}, mac: {hmac_hex: {pointer: /p/t}}, h: {header: X-Challenge}}}");
    REQUIRE(read.problems == Problems{});
    const Handshake& one = read.file->definition().handshakes[0];
    CHECK_FALSE(one.is_get);
    CHECK(one.header == "X-Challenge");
    CHECK(std::vector<std::string_view>(one.path.begin(), one.path.end()) ==
          std::vector<std::string_view>{"a", "b"});
    CHECK(one.is == "sync");
    CHECK(one.answer == Handshake::Answer::json);
    REQUIRE(one.echoes.size() == 3);
    CHECK(one.echoes[0].member == "plain");
    CHECK_FALSE(one.echoes[0].hmac_hex);
    CHECK(one.echoes[1].member == "mac");
    CHECK(one.echoes[1].hmac_hex);
    CHECK(one.echoes[1].path.size() == 2);
    CHECK(one.echoes[2].from == Echo::From::header);
}

TEST_CASE("a number may stand where a handshake's text is expected, and several handshakes in a file") {
    const auto read = read_file(
        "title: Desk\nverify: {header: X-S}\nhandshake:\n"
        "  - {when: {pointer: /type, is: 0}, answer: {accepted: true}}\n"
        "  - {when: {pointer: /type, is: ping}, answer: {text: {pointer: /c}}}\n");
    REQUIRE(read.problems == Problems{});
    REQUIRE(read.file->definition().handshakes.size() == 2);
    CHECK(read.file->definition().handshakes[0].is == "0");
    CHECK(read.file->definition().handshakes[0].answer == Handshake::Answer::accepted);
}

TEST_CASE("before a signature is proved only a GET with the verify_token is answered") {
    CHECK(of_when("{method: GET, query: {hub.mode: subscribe}}") ==
          Problems{
              "4: handshake[0].when.query: has no $verify_token, so anybody would be answered; write it for "
              "the parameter that holds the source's verify_token"});
    CHECK(
        of_when("{method: GET}") ==
        Problems{"4: handshake[0].when.query: is missing; write the parameters that a GET must have, one of "
                 "them $verify_token"});
    CHECK(of_when("{method: POST, query: {a: $verify_token}}") ==
          Problems{"4: handshake[0].when.method: must be GET, the one method that is answered before the "
                   "signature is proved; for any other request remove it"});
    CHECK(of_when("{query: {a: $verify_token}, pointer: /type, is: ping}") ==
          Problems{
              "4: handshake[0].when.query: needs method: GET: the query of any other request is not signed"});
    for (const std::string more : {"pointer: /a", "is: a", "present: true", "absent: /a", "header: X-A"}) {
        const std::string key = more.substr(0, more.find(':'));
        CHECK(of_when("{method: GET, query: {a: $verify_token}, " + more + "}") ==
              Problems{"4: handshake[0].when." + key +
                       ": has no meaning with method: GET, which nobody signs; remove it"});
    }
}

TEST_CASE("a handshake that would swallow events is an error") {
    // A header that is not signed can be added by anybody; one that is signed is in every request.
    for (const char* when : {"{header: X-Challenge}", "{header: x-id}"}) {
        CHECK(of_when(when) ==
              Problems{
                  "4: handshake[0].when: is told by a header alone: where that is signed every request has "
                  "it, else anybody could add it, so events would be lost; write pointer and is, or pointer "
                  "and present: true, beside it"});
    }
    CHECK(of_when("{header: x-id, pointer: /type, is: ping}") == Problems{});
    CHECK(of_when("{}") ==
          Problems{"4: handshake[0].when: fits every request, so every event would be lost; write "
                   "pointer and is"});
    CHECK(
        of_when("{pointer: /type}") ==
        Problems{"4: handshake[0].when.is: is missing; write the text that stands there, or present: true if "
                 "any may stand there"});
    CHECK(of_when("{header: x-id, is: ping}") ==
          Problems{"4: handshake[0].when.is: needs a pointer that says where in the body the text stands"});
    CHECK(of_when("{pointer: type, is: ping}").size() == 1);
    CHECK(of_when("{pointer: /type, is: ping, body: x}").size() == 1);
    CHECK(of_when("{pointer: /type, is: ''}").size() == 1);
    CHECK(of_when("ping").size() == 1);
}

TEST_CASE("a handshake is told by a key that stands in the body, and by keys that do not") {
    const auto read = handshaken("{pointer: /probe, present: true, absent: [/id, /data/email]}");
    REQUIRE(read.problems == Problems{});
    const Handshake& one = read.file->definition().handshakes[0];
    CHECK(one.present);
    CHECK(one.is.empty());
    REQUIRE(one.absent.size() == 2);
    CHECK(one.absent[0][0] == "id");
    CHECK(one.absent[1][1] == "email");
    CHECK(of_when("{pointer: /type, is: ping, absent: /id}") == Problems{});
    const auto literal = handshaken("{pointer: /probe, is: \"*\"}");
    CHECK(literal.file->definition().handshakes[0].is == "*");
    CHECK_FALSE(literal.file->definition().handshakes[0].present);
}

TEST_CASE("a handshake that is told by keys must not fit events for want of a bound") {
    CHECK(of_when("{absent: /id}") ==
          Problems{"4: handshake[0].when: fits everything that lacks these keys, also what is no JSON, so "
                   "events would be lost; write pointer and is, or pointer and present: true, beside it"});
    CHECK(of_when("{pointer: /a, present: false}") ==
          Problems{"4: handshake[0].when.present: must be true; for a key that must not be there write "
                   "absent: POINTER"});
    CHECK(of_when("{pointer: /a, present: true, is: a}") ==
          Problems{"4: handshake[0].when.is: stands beside present, which any text fits; keep one of them"});
    CHECK(of_when("{header: x-id, present: true}") ==
          Problems{"4: handshake[0].when.present: needs a pointer that says where in the body something "
                   "stands"});
    CHECK(of_when("{header: X-Challenge, absent: /id}").size() == 1);
    CHECK(of_when("{header: x-id, absent: /id}").size() == 1);
    CHECK(
        of_when("{pointer: /a, present: true, absent: []}") ==
        Problems{"4: handshake[0].when.absent: is empty; write at least one pointer, or leave the key out"});
    CHECK(of_when("{pointer: /a, present: true, absent: id}").size() == 1);
    CHECK(of_when("{pointer: /a, present: true, absent: {/id: x}}").size() == 1);
    CHECK(of_when("{pointer: /a, present: true, absent: [/1, /2, /3, /4, /5, /6, /7, /8, /9]}") ==
          Problems{"4: handshake[0].when.absent: has more than 8 entries; remove some of them"});
}

TEST_CASE("an answer is a text, an object of texts or the usual one") {
    CHECK(of_answer("{}") == Problems{"5: handshake[0].answer: must be one of text, json and accepted"});
    CHECK(of_answer("{text: {pointer: /a}, accepted: true}") ==
          Problems{"5: handshake[0].answer: must be one of text, json and accepted"});
    CHECK(of_answer("{accepted: false}") ==
          Problems{"5: handshake[0].answer.accepted: must be true; or write text or json in place of it"});
    CHECK(
        of_answer("{text: ok}") ==
        Problems{
            "5: handshake[0].answer.text: must be a mapping: {query: NAME}, {pointer: P}, {header: NAME} or "
            "{hmac_hex: ...}"});
    CHECK(of_answer("{text: {pointer: /a, header: X-A}}") ==
          Problems{"5: handshake[0].answer.text: must name one place: query, header or pointer"});
    CHECK(of_answer("{text: {}}") ==
          Problems{"5: handshake[0].answer.text: must name one place: query, header or pointer"});
    CHECK(of_answer("{json: {}}") ==
          Problems{"5: handshake[0].answer.json: is empty; write a name and what is echoed"});
    CHECK(of_answer("{text: {pointer: a}}").size() == 1);
    CHECK(of_answer("{text: {header: 'a b'}}").size() == 1);
    CHECK(of_answer("{json: {a: {pointer: /a, of: 1}}}").size() == 1);
}

TEST_CASE("of a GET only the query is echoed, and of other requests anything but the query") {
    CHECK(of_get_answer("{text: {query: c}}") == Problems{});
    CHECK(of_get_answer("{accepted: true}") == Problems{});
    CHECK(of_answer("{text: {query: c}}") ==
          Problems{
              "5: handshake[0].answer.text.query: is for method: GET: the query of any other request is not "
              "signed"});
    for (const std::string place : {"pointer: /a", "header: X-A"}) {
        const std::string key = place.substr(0, place.find(':'));
        CHECK(of_get_answer("{text: {" + place + "}}") ==
              Problems{"5: handshake[0].answer.text." + key +
                       ": is not read of a GET, which nobody signs; write query"});
    }
}

TEST_CASE("a MAC in an answer must be no signature that a webhook could bear") {
    const std::string_view answer = "{text: {hmac_hex: {pointer: /t}}}";
    const auto of = [&](std::string_view verify) { return handshaken(ping, answer, verify).problems; };
    const Problems oracle{
        "5: handshake[0].answer.text.hmac_hex: would be a signature: what it signs could be a webhook's "
        "text; "
        "verify.text has to have a character between its parts that is no letter, digit, '_' or '-', as in "
        "\"v0:{time}:{body}\""};
    CHECK(of("{header: X-S}") == oracle);
    CHECK(of(R"({header: X-S, text: "{body}"})") == oracle);
    CHECK(of(R"({header: X-S, text: "v0-{body}_x"})") == oracle);
    CHECK(of(R"({header: X-S, text: "{time}{body}", time: {header: X-T, unit: s}})") == oracle);
    CHECK(of(R"({header: X-S, text: "v0:{body}"})") == Problems{});
    CHECK(of(R"({header: X-S, text: "{time}.{body}", time: {header: X-T}})") == Problems{});
    const Problems kinds{"5: handshake[0].answer.text.hmac_hex: needs kind: hmac and algorithm: sha256"};
    CHECK(of(R"({header: X-S, algorithm: sha1, text: "v0:{body}"})") == kinds);
    CHECK(of(R"({header: X-S, algorithm: sha512, text: "v0:{body}"})") == kinds);
    CHECK(of("{kind: token, header: X-S}") == kinds);
    CHECK(of(R"({kind: public-key, algorithm: ed25519, key: raw-hex, header: X-S, text: "v0:{body}"})") ==
          kinds);
    CHECK(of_get_answer("{text: {hmac_hex: {query: t}}}") ==
          Problems{
              "5: handshake[0].answer.text.hmac_hex: answers a GET, which nobody signs: anybody could have "
              "texts signed with the secret"});
}

TEST_CASE("the parts of a handshake are required, and their number is bounded") {
    const auto of = [](const std::string& handshake) {
        return read_file("title: Desk\nverify: {header: X-S}\nhandshake: " + handshake + "\n").problems;
    };
    CHECK(of("{when: {pointer: /a, is: b}, answer: {accepted: true}}").size() >= 1);
    CHECK(of("[{}]") ==
          Problems{
              "3: handshake[0].when: is missing; write which request it is, as in {pointer: /type, is: ping}",
              "3: handshake[0].answer: is missing; write text, json or accepted: true"});
    CHECK(of("[{when: {pointer: /a, is: b}, answer: {accepted: true}, then: x}]").size() == 1);
    std::string many;
    for (int i = 0; i < 9; ++i) many += "{when: {pointer: /a, is: b}, answer: {accepted: true}}, ";
    CHECK(of("[" + many + "]") == Problems{"3: handshake: has more than 8 entries; remove some of them"});
}

TEST_CASE("what a vendor's body must say is read as pointers with texts") {
    const auto of = [](const std::string& expect) {
        return read_file("title: Desk\nverify: {header: X-S}\nexpect: " + expect + "\n");
    };
    const auto read = of("{/kind: webhook, /entry/*/id: 17}");
    REQUIRE(read.problems == Problems{});
    const auto expected = read.file->definition().rules.expected;
    REQUIRE(expected.size() == 2);
    CHECK(expected[0].path[0] == "kind");
    CHECK(expected[0].text == "webhook");
    CHECK(expected[1].path.size() == 3);
    CHECK(expected[1].text == "17");
    CHECK(of("{kind: webhook}").problems.size() == 1);
    CHECK(of("{/kind: [a]}").problems.size() == 1);
    CHECK(of("{/kind: ''}").problems.size() == 1);
    REQUIRE(of("{/kind: null}").problems.size() == 1);
    CHECK(of("{/kind: null}").problems[0].starts_with("3: expect./kind: has no value"));
    CHECK(of("[/kind]").problems.size() == 1);
    CHECK(of("{/1: a, /2: a, /3: a, /4: a, /5: a, /6: a, /7: a, /8: a, /9: a}").problems.size() == 1);
}
