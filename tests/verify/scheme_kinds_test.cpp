// What the rules can say beyond the five first vendors: each knob with a vector that its platform publishes,
// or with signatures that Node made.
#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "support/node_oracle.hpp"
#include "verify/known_schemes.hpp"

using namespace chathook;
using namespace chathook::test;
using namespace chathook::verify;

TEST_CASE("the vector of Standard Webhooks is accepted, alone and beside other signatures") {
    const std::string right = "v1," + std::string(standard_mac);
    CHECK(standard_verdict(right) == std::nullopt);
    CHECK(standard_verdict("v1a,bm90IG91cnM= " + right) == std::nullopt);
    CHECK(standard_verdict("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= " + right) == std::nullopt);
}

TEST_CASE("a time in a header is held to the tolerance, both ways, once it is proved") {
    const std::string right = "v1," + std::string(standard_mac);
    CHECK(standard_verdict(right, at_second(1614265330 + 300)) == std::nullopt);
    CHECK(standard_verdict(right, at_second(1614265330 + 301)) == Errc::stale_timestamp);
    CHECK(standard_verdict(right, at_second(1614265330 - 301)) == Errc::stale_timestamp);
    const std::string wrong = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    CHECK(standard_verdict(wrong, at_second(1614265330 + 301)) == Errc::wrong_signature);
}

TEST_CASE("the vector of Slack is accepted: a template with a time from a header") {
    const std::string body =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        "channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
        "response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%"
        "2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const auto with = [&](std::string time, std::string_view mac) {
        Sent sent(body);
        sent.with("X-Slack-Signature", "v0=" + std::string(mac));
        sent.with("X-Slack-Request-Timestamp", std::move(time));
        return verdict(slack, given("8f742231b10e8888abcd99yyyzzz85a5"), std::move(sent),
                       at_second(1531420618));
    };
    constexpr std::string_view right = "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    CHECK(with("1531420618", right) == std::nullopt);
    CHECK(with("1531420619", right) == Errc::wrong_signature);
}

TEST_CASE("the vectors of GitHub, LINE and Meta are accepted: prefixes, hex and base64") {
    const auto one = [](const SchemeRules& rules, std::string_view secret, std::string body,
                        std::string value) {
        Sent sent(std::move(body));
        sent.with(std::string(rules.header), std::move(value));
        return verdict(rules, given(secret), std::move(sent), test::now);
    };
    constexpr SchemeRules hub{.header = "X-Hub-Signature-256", .prefix = "sha256="};
    constexpr SchemeRules line{.header = "X-Line-Signature", .encoding = Encoding::base64};
    CHECK(one(hub, "It's a Secret to Everybody", "Hello, World!",
              "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17") == std::nullopt);
    CHECK(one(hub, "secret", "test",
              "sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914") == std::nullopt);
    CHECK(one(line, "test_secret", R"({"hello":"world"})", "t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=") ==
          std::nullopt);
    CHECK(one(line, "test_secret", R"({"hello":"world"})",
              "b7b1e7e190c7aace9efb076f2394f24 08bf389ed0398c526b97101ab2c84fed3") ==
          Errc::malformed_signature);
}

TEST_CASE(
    "the vector of Retell is accepted: pairs of other names, the time behind the body in milliseconds") {
    const auto with = [](std::string value) {
        Sent sent(R"({"event":"call_ended"})");
        sent.with("x-retell-signature", std::move(value));
        return verdict(retell, given("test-api-key"), std::move(sent), at_second(1700000000));
    };
    const std::string mac = "07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e";
    CHECK(with("v=1700000000000,d=" + mac) == std::nullopt);
    CHECK(with("v=1700000000001,d=" + mac) == Errc::wrong_signature);
    CHECK(with("v=1700000000,d=" + mac) == Errc::malformed_signature);
    CHECK(with("d=" + mac) == Errc::malformed_signature);
    CHECK(with("t=1700000000000,v1=" + mac) == Errc::malformed_signature);
}

TEST_CASE("Zendesk's old page signs in the other order, and its vector is refused") {
    const auto with = [](const SchemeRules& rules) {
        Sent sent(R"({"say": "hello"})");
        sent.with("X-Zendesk-Webhook-Signature", "tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw=");
        sent.with("X-Zendesk-Webhook-Signature-Timestamp", "2021-07-25T10:00:00Z");
        return verdict(rules, given("HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="), std::move(sent),
                       at_second(1627207200));
    };
    SchemeRules old = zendesk;
    old.text = body_time;
    CHECK(with(old) == std::nullopt);
    CHECK(with(zendesk) == Errc::wrong_signature);
}

TEST_CASE("the vector of Twilio is accepted: the source's own URL and the sorted form") {
    const auto with = [](std::string body, std::string url) {
        Sent sent(std::move(body));
        sent.with("X-Twilio-Signature", std::string(twilio_mac));
        return verdict(twilio, given("12345", std::move(url)), std::move(sent), test::now);
    };
    CHECK(with(std::string(twilio_body), std::string(twilio_url)) == std::nullopt);
    CHECK(with(std::string(twilio_body), "https://elsewhere.example/") == Errc::wrong_signature);
    CHECK(with(std::string(twilio_body) + "&Extra=1", std::string(twilio_url)) == Errc::wrong_signature);
    CHECK(with(std::string(twilio_body) + "&Extra=%4", std::string(twilio_url)) == Errc::wrong_signature);
}

TEST_CASE("a signed form has one text in every spelling, for recognising it when it comes again") {
    const auto form_of = [](std::string body) {
        Sent sent{body};
        sent.with("X-Twilio-Signature", std::string(twilio_mac));
        const auto verified =
            verify::Scheme(twilio, given("12345", std::string(twilio_url))).verify(sent.request(), test::now);
        REQUIRE(verified.has_value());
        CHECK(verified->body() == body);
        return std::string(verified->signed_form());
    };
    const std::string body(twilio_body);
    const std::string form = form_of(body);
    CHECK_FALSE(form.empty());
    const std::size_t first = body.find('&');
    CHECK(form_of(body.substr(first + 1) + "&" + body.substr(0, first)) == form);
    CHECK(form_of(body + "&" + body.substr(0, first)) == form);
}

TEST_CASE("a token in a header is accepted as it is, or in base64 if the vendor sends that") {
    const auto one = [](const SchemeRules& rules, std::string_view token, std::string value) {
        Sent sent("{}");
        sent.with(std::string(rules.header), std::move(value));
        return verdict(rules, given(token), std::move(sent), test::now);
    };
    constexpr SchemeRules telegram{
        .header = "X-Telegram-Bot-Api-Secret-Token", .kind = Kind::token, .encoding = Encoding::text};
    CHECK(one(telegram, "a-shared-word", "a-shared-word") == std::nullopt);
    CHECK(one(telegram, "a-shared-word", "a-shared-worD") == Errc::wrong_signature);
    CHECK(one(telegram, "a-shared-word", "a-shared-word ") == Errc::wrong_signature);
    CHECK(one(telegram, "a-shared-word", "") == Errc::missing_signature);
    // docs.kommunicate.io: base64 of the token alone, and a header that is not Authorization.
    constexpr SchemeRules kommunicate{
        .header = "Authentication", .kind = Kind::token, .prefix = "Basic ", .encoding = Encoding::base64};
    CHECK(one(kommunicate, "abcdef", "Basic YWJjZGVm") == std::nullopt);
    CHECK(one(kommunicate, "abcdef", "Basic YWJjZGVmZw==") == Errc::wrong_signature);
    CHECK(one(kommunicate, "abcdef", "YWJjZGVm") == Errc::malformed_signature);
}

TEST_CASE("a token in the body is accepted, and a body without it is refused") {
    static constexpr std::string_view path[] = {"secret_key"};
    constexpr SchemeRules livechat{.kind = Kind::token, .encoding = Encoding::text, .token_path = path};
    const auto one = [&](std::string body) {
        return verdict(livechat, given("a-shared-word"), Sent(std::move(body)), test::now);
    };
    CHECK(one(R"({"secret_key":"a-shared-word"})") == std::nullopt);
    for (const char* body : {R"({"secret_key":"another"})", R"({"secret_key":""})",
                             R"({"secret_key":["a-shared-word"]})", "{}", "", "a-shared-word"}) {
        CHECK(one(body) == Errc::wrong_signature);
    }
}

TEST_CASE("a body signed by Node with SHA-512 is accepted") {
    test::NodeOracle node("tests/verify/oracle.mjs");
    constexpr SchemeRules rules{
        .header = "x-signature", .algorithm = Algorithm::sha512, .encoding = Encoding::hex_or_base64};
    for (const std::string& secret : {std::string("short"), std::string(128, 'k'), std::string(129, 'k')}) {
        const auto macs = node.ask({"sha512", secret, "a body"});
        for (const std::string& mac : macs) {
            Sent sent("a body");
            sent.with("x-signature", mac);
            CHECK(verdict(rules, given(secret), std::move(sent), test::now) == std::nullopt);
            Sent changed("a bodY");
            changed.with("x-signature", mac);
            CHECK(verdict(rules, given(secret), std::move(changed), test::now) == Errc::wrong_signature);
        }
    }
}

TEST_CASE("what sign() makes is accepted, for every kind that has a secret") {
    static constexpr std::string_view secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const auto check = [](const SchemeRules& rules, std::string body) {
        const VendorSettings with = given(secret, std::string(twilio_url));
        const Scheme scheme(rules, with);
        const auto headers = scheme.sign(body, "", test::now);
        REQUIRE_FALSE(headers.empty());
        CHECK(headers.front().name == rules.header);
        Sent sent(std::move(body));
        sent.with(headers);
        CHECK(verdict(rules, with, std::move(sent), test::now) == std::nullopt);
    };
    for (const SchemeRules& rules : {standard_webhooks, slack, retell, zendesk}) check(rules, "{}");
    check(twilio, std::string(twilio_body));
    check({.header = "x-token", .kind = Kind::token, .encoding = Encoding::text}, "{}");
    check({.header = "x-token", .kind = Kind::token, .encoding = Encoding::base64}, "{}");
    static constexpr TextPart with_header[] = {
        {Part::method}, {Part::literal, "|"}, {Part::header, "X-Site"}, {Part::literal, "|"}, {Part::body}};
    check({.header = "x-signature", .algorithm = Algorithm::sha512, .text = with_header}, "{}");
}
