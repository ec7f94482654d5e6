#include "verify/handshakes.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <span>
#include <string>
#include <vector>

#include "ecma/document.hpp"
#include "verify/encoding.hpp"
#include "verify/sent.hpp"
#include "verify/vendor.hpp"

using namespace chathook;
using test::now;
using test::Sent;
using Echo = Handshake::Echo;
using verify::TextPart;

namespace {

constexpr std::string_view secret = "a secret of some length";
constexpr std::string_view word = "a word of our own";

constexpr std::array<std::string_view, 1> at_type{"type"};
constexpr std::array<std::string_view, 1> at_challenge{"challenge"};
constexpr std::array<std::string_view, 2> at_plain{"payload", "plainToken"};
constexpr std::array<std::string_view, 1> at_probe{"probe"};
constexpr std::array<std::string_view, 1> at_id{"id"};
constexpr std::array<std::string_view, 2> at_email{"data", "email"};
constexpr std::array<std::span<const std::string_view>, 2> id_or_email{at_id, at_email};

constexpr std::array<Handshake::Term, 2> query{{{"hub.mode", "subscribe"}, {"hub.verify_token", "", true}}};
constexpr std::array<Echo, 1> of_query{{{.from = Echo::From::query, .name = "hub.challenge"}}};
constexpr std::array<Echo, 1> of_body{{{.path = at_challenge}}};
constexpr std::array<Echo, 1> of_probe{{{.path = at_probe}}};
constexpr std::array<Echo, 1> of_header{
    {{.from = Echo::From::header, .name = "X-Challenge", .member = "challenge"}}};
constexpr std::array<Echo, 2> plain_and_encrypted{
    {{.path = at_plain, .member = "plainToken"},
     {.path = at_plain, .hmac_hex = true, .member = "encryptedToken"}}};

constexpr std::array handshakes{
    Handshake{.is_get = true, .query = query, .answer = Handshake::Answer::text, .echoes = of_query},
    Handshake{
        .path = at_type, .is = "url_verification", .answer = Handshake::Answer::text, .echoes = of_body},
    Handshake{.header = "X-Challenge",
              .path = at_type,
              .is = "sync",
              .answer = Handshake::Answer::json,
              .echoes = of_header},
    Handshake{.path = at_type,
              .is = "validation",
              .answer = Handshake::Answer::json,
              .echoes = plain_and_encrypted},
    Handshake{.path = at_type, .is = "0"},
    Handshake{.path = at_probe,
              .present = true,
              .absent = id_or_email,
              .answer = Handshake::Answer::text,
              .echoes = of_probe},
};

constexpr std::array<TextPart, 2> after_colon{{{TextPart::Kind::literal, "v0:"}, {TextPart::Kind::body}}};

const VendorDefinition desk{
    .name = "desk",
    .rules = {.header = "X-Signature", .text = after_colon},
    .handshakes = handshakes,
    .accepted = {.status = 204, .content_type = "application/json", .body = ""},
};

VendorSettings settings_with(std::string_view token) {
    VendorSettings settings = test::settings({{secret}});
    if (!token.empty()) settings.verify_token = SecretBytes(token);
    return settings;
}

// The answer to a GET with this query: its body, or the reason of the refusal.
std::string got(std::string_view text, std::string_view token = word) {
    const verify::Vendor vendor(desk, settings_with(token));
    Request request;
    request.method = "GET";
    request.query = text;
    const auto reply = vendor.answer_get(request);
    return reply ? reply->body : std::string(reason_code(reply.error()));
}

// The answer to a signed request, "an event" if it is one, or the reason of the refusal.
std::string posted(const std::string& body, const std::vector<SignedHeader>& headers = {}) {
    const verify::Vendor vendor(desk, settings_with(word));
    Sent sent(body);
    sent.with(vendor.sign(body, "", now)).with(headers);
    const Request& request = sent.request();
    const auto verified = vendor.verify(request, now);
    REQUIRE(verified.has_value());
    const auto reply = vendor.handshake(request, *verified);
    if (!reply) return "an event";
    return *reply ? std::to_string((*reply)->status) + " " + (*reply)->body
                  : std::string(reason_code(reply->error()));
}

const std::string asked = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=a+word+of+our%20own";

}  // namespace

TEST_CASE("a GET with the right verify_token is answered with its challenge") {
    CHECK(got(asked) == "1158201444");
    CHECK(got(asked + "&more=1") == "1158201444");
    const verify::Vendor vendor(desk, settings_with(word));
    CHECK(vendor.answers_get());
    Request request;
    request.query = asked;
    const auto reply = vendor.answer_get(request);
    REQUIRE(reply.has_value());
    CHECK(reply->status == 200);
    CHECK(reply->content_type == "text/plain; charset=utf-8");
    REQUIRE(reply->fields.size() == 1);
    CHECK(reply->fields[0].name == "X-Content-Type-Options");
    CHECK(reply->fields[0].value == "nosniff");
}

TEST_CASE("a body that was not read is an event, also for a handshake that is told by keys that are absent") {
    static constexpr std::array lacking{Handshake{.absent = id_or_email}};
    VendorDefinition definition = desk;
    definition.handshakes = lacking;
    const verify::Vendor vendor(definition, settings_with(word));
    const std::string body = R"({"other":1})";
    Sent sent(body);
    sent.with(vendor.sign(body, "", now));
    const auto claim = vendor.claim(sent.request());
    REQUIRE(claim.has_value());
    const auto proved = [&](Verified::Content content) {
        return vendor.verify_form(*claim, body, now, Verified::Form::raw, content);
    };
    const auto read = proved(Verified::Content::read);
    const auto unread = proved(Verified::Content::unread);
    REQUIRE((read.has_value() && unread.has_value()));
    CHECK(vendor.handshake(*claim->request, *read).has_value());
    CHECK_FALSE(vendor.handshake(*claim->request, *unread).has_value());
}

TEST_CASE("a GET is refused unless every parameter is there once with its text") {
    const std::string token = "hub.verify_token=a+word+of+our+own";
    const std::vector<std::string> queries{
        "",
        token,
        "hub.mode=subscribe&hub.challenge=1",
        "hub.challenge=1&" + token,
        "hub.mode=unsubscribe&hub.challenge=1&" + token,
        "hub.mode=subscribe&hub.mode=subscribe&hub.challenge=1&" + token,
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=a+word+of+our+ow",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=a+word+of+our+own+",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=A+word+of+our+own",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=$verify_token",
        "hub.mode=subscribe&hub.challenge=1&" + token + "&" + token,
        "hub.mode=subscribe&hub.challenge=1&" + token + "&hub%2Everify_token=x",
        "hub.mode=subscribe&hub.challenge=1&hub.challenge=1&" + token,
        "hub.mode=subscribe&hub.challenge=1&" + token + "&x=%",
        "HUB.MODE=subscribe&hub.challenge=1&" + token,
    };
    for (const std::string& one : queries) {
        CAPTURE(one);
        CHECK(got(one) == "handshake_refused");
    }
}

TEST_CASE("without a verify_token, or a handshake by GET, no GET is answered") {
    CHECK(got(asked, "") == "handshake_refused");
    CHECK(got("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", "") == "handshake_refused");
    CHECK_FALSE(verify::Vendor(desk, settings_with("")).answers_get());
    VendorDefinition other = desk;
    other.handshakes = std::span(handshakes).subspan(1);
    const verify::Vendor vendor(other, settings_with(word));
    CHECK_FALSE(vendor.answers_get());
    Request request;
    request.query = asked;
    CHECK(vendor.answer_get(request).error() == Errc::handshake_refused);
}

TEST_CASE("only 1 to 256 visible characters of ASCII are echoed") {
    const std::string most(256, 'x');
    const auto query_with = [](const std::string& challenge) {
        return "hub.mode=subscribe&hub.verify_token=a+word+of+our+own&hub.challenge=" + challenge;
    };
    CHECK(got(query_with(most)) == most);
    CHECK(got(query_with("%21~%3Cb%3E")) == "!~<b>");
    for (const std::string& bad : {std::string(), most + "x", std::string("a+b"), std::string("a%0Ab"),
                                   std::string("%00"), std::string("%7F"), std::string("%C3%BC")}) {
        CAPTURE(bad);
        CHECK(got(query_with(bad)) == "handshake_refused");
    }
    CHECK(posted(R"({"type":"url_verification","challenge":")" + most + "\"}") == "200 " + most);
    CHECK(posted(R"({"type":"url_verification","challenge":")" + most + "x\"}") == "handshake_refused");
    CHECK(posted(R"({"type":"url_verification","challenge":"a b"})") == "handshake_refused");
    CHECK(posted(R"({"type":"url_verification","challenge":17})") == "handshake_refused");
    CHECK(posted(R"({"type":"url_verification"})") == "handshake_refused");
}

TEST_CASE("a signed request is a handshake if its body says so, and an event otherwise") {
    CHECK(posted(R"({"type":"url_verification","challenge":"3eZbrw1a"})") == "200 3eZbrw1a");
    CHECK(posted(R"({"type":"event_callback","challenge":"3eZbrw1a"})") == "an event");
    CHECK(posted(R"({"type":"0"})") == "204 ");
    CHECK(posted(R"({"type":0})") == "204 ");
    CHECK(posted(R"({"type":1})") == "an event");
    CHECK(posted(R"({"type":["0"]})") == "an event");
    CHECK(posted("no JSON") == "an event");
}

TEST_CASE("a handshake may be told by a key that is there, whatever stands at it") {
    CHECK(posted(R"({"probe":"3eZbrw1a"})") == "200 3eZbrw1a");
    CHECK(posted(R"({"probe":"*"})") == "200 *");
    for (const char* other : {"17", "true", "false", "[]", "{}", "0"}) {  // no text to echo, but there
        CAPTURE(other);
        CHECK(posted(R"({"probe":)" + std::string(other) + "}") == "handshake_refused");
    }
    for (const char* nothing : {R"({"probe":null})", R"({"probe":""})", "{}", R"(["probe"])", "no JSON"}) {
        CAPTURE(nothing);
        CHECK(posted(nothing) == "an event");
    }
}

TEST_CASE("an event that has the key of a handshake is told by another key, which the handshake lacks") {
    CHECK(posted(R"({"probe":"a","id":17})") == "an event");
    CHECK(posted(R"({"probe":"a","data":{"email":"visitor@example.com"}})") == "an event");
    CHECK(posted(R"({"probe":"a","id":false})") == "an event");
    CHECK(posted(R"({"probe":"a","id":null,"data":{"email":""}})") == "200 a");
    CHECK(posted(R"({"probe":"a","data":{"name":"b"}})") == "200 a");
}

TEST_CASE("a header makes no handshake of an event, and a handshake without its header is an event") {
    CHECK(posted(R"({"type":"sync"})", {{"x-challenge", "r4nd\"om"}}) == R"(200 {"challenge":"r4nd\"om"})");
    CHECK(posted(R"({"type":"message"})", {{"X-Challenge", "random"}}) == "an event");
    CHECK(posted(R"({"type":"sync"})") == "an event");
    CHECK(posted(R"({"type":"sync"})", {{"X-Challenge", "a"}, {"X-Challenge", "a"}}) == "an event");
    CHECK(posted(R"({"type":"sync"})", {{"X-Challenge", ""}}) == "handshake_refused");
}

TEST_CASE("a token of letters and digits is answered with its MAC under the secret") {
    const auto body = [](const std::string& token) {
        return R"({"type":"validation","payload":{"plainToken":")" + token + "\"}}";
    };
    const std::string mac = verify::encode_hex(
        verify::HmacKey(verify::Algorithm::sha256, secret).mac({"qgg8vlvZRS6UYooatFL8Aw"}).view());
    CHECK(posted(body("qgg8vlvZRS6UYooatFL8Aw")) ==
          R"(200 {"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":")" + mac + "\"}");
    CHECK(posted(body(std::string(128, '_'))).starts_with("200 "));
    for (const std::string& bad :
         {std::string(), std::string(129, 'a'), std::string("a:b"), std::string("a.b"), std::string("a+b"),
          std::string("{}"), std::string("v0:{}")}) {
        CAPTURE(bad);
        CHECK(posted(body(bad)) == "handshake_refused");
    }
}

TEST_CASE("the MAC of a token is made with the secret that proved the request") {
    VendorSettings settings = test::settings({{"the secret that is retired soon"}, {secret}});
    const verify::Vendor vendor(desk, settings);
    const std::string body = R"({"type":"validation","payload":{"plainToken":"abc"}})";
    Sent sent(body);
    sent.with(verify::Vendor(desk, settings_with("")).sign(body, "", now));
    const Request& request = sent.request();
    const auto verified = vendor.verify(request, now);
    REQUIRE(verified.has_value());
    const auto reply = vendor.handshake(request, *verified);
    REQUIRE((reply && *reply));
    const auto mac = verify::HmacKey(verify::Algorithm::sha256, secret).mac({"abc"});
    CHECK((*reply)->body.find(verify::encode_hex(mac.view())) != std::string::npos);
}

TEST_CASE("no MAC is made with a key of another kind") {
    const verify::Handshakes shakes(desk, SecretBytes());
    const std::string body = R"({"type":"validation","payload":{"plainToken":"abc"}})";
    const verify::Vendor vendor(desk, settings_with(""));
    Sent sent(body);
    sent.with(vendor.sign(body, "", now));
    const Request& request = sent.request();
    const auto verified = vendor.verify(request, now);
    REQUIRE(verified.has_value());
    CHECK(shakes.answer(request, *verified, nullptr)->error() == Errc::handshake_refused);
    const verify::HmacKey sha1(verify::Algorithm::sha1, secret);
    CHECK(shakes.answer(request, *verified, &sha1)->error() == Errc::handshake_refused);
}

TEST_CASE("the MAC in an answer signs no webhook, not even the token itself") {
    const verify::Vendor vendor(desk, settings_with(word));
    for (const std::string token : {"abc", "v0", "v0_", "0123456789abcdef"}) {
        CAPTURE(token);
        const std::string answer =
            posted(R"({"type":"validation","payload":{"plainToken":")" + token + "\"}}");
        const std::size_t at = answer.find(R"("encryptedToken":")") + 18;
        const std::string mac = answer.substr(at, 64);
        REQUIRE(mac.find_first_not_of("0123456789abcdef") == mac.npos);
        for (const std::string& body :
             {token, "v0:" + token, std::string(), std::string("{}"), answer.substr(4)}) {
            CHECK(test::refusal(vendor, body, mac) == Errc::wrong_signature);
        }
        CHECK(got("hub.mode=subscribe&hub.challenge=1&hub.verify_token=" + mac) == "handshake_refused");
    }
}
