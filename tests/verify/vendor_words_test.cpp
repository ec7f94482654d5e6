#include "verify/vendor_words.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>

using namespace chathook;
using namespace chathook::verify;

namespace {

constexpr std::array<std::string_view, 2> created{"data", "created"};
constexpr std::array<TextPart, 2> timed{TextPart{TextPart::Kind::time}, TextPart{TextPart::Kind::body}};
constexpr std::array<TextPart, 2> addressed{TextPart{TextPart::Kind::url}, TextPart{TextPart::Kind::body}};

std::string time_of(const SchemeRules& rules) { return words_of({.rules = rules}).time; }

}  // namespace

TEST_CASE("a vendor's time is said with its place and how far from it a webhook may come") {
    using In = TimeRules::In;
    CHECK(time_of({}).empty());
    CHECK(time_of({.text = timed, .time = {.in = In::header, .name = "x-time"}}) == "x-time, within 5m");
    CHECK(time_of({.text = timed,
                   .time = {.in = In::pair, .name = "t", .tolerance = std::chrono::seconds(90)}}) ==
          "t, within 90s");
    CHECK(time_of({.text = timed,
                   .time = {.in = In::header, .name = "x-time", .tolerance = std::chrono::hours(48)}}) ==
          "x-time, within 2d");
    CHECK(time_of({.time = {.in = In::body, .path = created}}) ==
          "/data/created, looked at if timestamp_tolerance is set");
    CHECK(time_of({.time = {.in = In::body, .path = created, .tolerance = std::chrono::minutes(1)}}) ==
          "/data/created, within 1m");
}

TEST_CASE("what a source of the vendor has to be given is said with its reason") {
    CHECK(words_of({}).needs.empty());
    const std::array<Handshake::Term, 1> token{{{.name = "token", .is_verify_token = true}}};
    const std::array<Handshake, 1> handshakes{{{.is_get = true, .query = token}}};
    const auto needs =
        words_of({.rules = {.text = addressed}, .handshakes = handshakes, .never_repeats_refusals = true})
            .needs;
    REQUIRE(needs.size() == 3);
    CHECK(needs[0].starts_with("public_url"));
    CHECK(needs[1].starts_with("verify_token"));
    CHECK(needs[2].starts_with("keep_rejected: true"));
}

TEST_CASE("a handshake is said as what is asked and what is answered") {
    const std::array<std::string_view, 1> type{"type"};
    const std::array<std::string_view, 1> challenge{"challenge"};
    const std::array<std::span<const std::string_view>, 1> absent{challenge};
    const std::array<Handshake::Term, 2> query{
        {{.name = "mode", .text = "subscribe"}, {.name = "token", .is_verify_token = true}}};
    const std::array<Handshake::Echo, 1> parameter{
        {{.from = Handshake::Echo::From::query, .name = "challenge"}}};
    const std::array<Handshake::Echo, 2> members{
        {{.path = challenge, .member = "plain"}, {.path = challenge, .hmac_hex = true, .member = "mac"}}};
    const std::array<Handshake, 3> handshakes{
        {{.is_get = true, .query = query, .answer = Handshake::Answer::text, .echoes = parameter},
         {.header = "x-event",
          .path = type,
          .is = "check",
          .answer = Handshake::Answer::json,
          .echoes = members},
         {.path = type, .present = true, .absent = absent}}};
    const auto words = words_of({.handshakes = handshakes}).handshakes;
    REQUIRE(words.size() == 3);
    CHECK(words[0] == "GET ?mode=subscribe&token=verify_token -> challenge");
    CHECK(words[1] == "header x-event, /type is check -> /challenge, HMAC-SHA256 of /challenge, as JSON");
    CHECK(words[2] == "/type is there, no /challenge -> the answer to a webhook");
}

TEST_CASE("what a body must say is said with its place") {
    const std::array<std::string_view, 1> object{"object"};
    const std::array<ExpectedText, 1> expected{{{.path = object, .text = "page"}}};
    CHECK(words_of({.rules = {.expected = expected}}).expects == std::vector<std::string>{"/object is page"});
}
