#include "verify/claim.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "verify/encoding.hpp"
#include "verify/hmac.hpp"
#include "verify/known_schemes.hpp"

using namespace chathook;
using namespace chathook::test;
using namespace chathook::verify;

TEST_CASE("a list without a signature of the version, or with too many, is malformed") {
    const std::string right = "v1," + std::string(standard_mac);
    CHECK(standard_verdict("v2," + std::string(standard_mac)) == Errc::malformed_signature);
    CHECK(standard_verdict(std::string(standard_mac)) == Errc::malformed_signature);
    CHECK(standard_verdict("v1=" + std::string(standard_mac)) == Errc::malformed_signature);
    CHECK(standard_verdict(right + "," + right) == Errc::malformed_signature);
    std::string many = right;
    for (int i = 0; i < 8; ++i) many += " " + right;
    CHECK(standard_verdict(many) == Errc::malformed_signature);
    CHECK(standard_verdict(many.substr(0, many.rfind(' '))) == std::nullopt);
}

TEST_CASE("a signed id that contains the separator behind it refuses the request") {
    // The signature is right for the text, which can be read as another id, time and body.
    const std::string body = R"({"a":1})";
    const auto sent_with = [&](const std::string& id, const std::string& time, const std::string& sent_body,
                               std::string_view signed_text) {
        const auto mac = verify::HmacKey(Algorithm::sha256, "a secret of some length").mac({signed_text});
        Sent sent{sent_body};
        sent.with("webhook-id", id).with("webhook-timestamp", time);
        return std::move(sent.with("webhook-signature", "v1," + verify::encode_base64(mac.view())));
    };
    SchemeRules rules = standard_webhooks;
    rules.key = KeyForm::text;
    const std::string text = "msg_1.1614265330.1614265331." + body;
    const auto with = given("a secret of some length");
    CHECK_FALSE(verdict(rules, with, sent_with("msg_1", "1614265330", "1614265331." + body, text),
                        at_second(1614265330)));
    CHECK(verdict(rules, with, sent_with("msg_1.1614265330", "1614265331", body, text),
                  at_second(1614265330)) == Errc::malformed_signature);
}

TEST_CASE("a signed id behind the body that contains the separator before it refuses the request") {
    const TextPart text[] = {{Part::body}, {Part::literal, "--"}, {Part::id}};
    const SchemeRules rules{.header = "X-S", .text = text, .id_header = "X-I"};
    const auto judged = [&](std::string body, const std::string& id, const std::string& signed_text) {
        const auto mac = verify::HmacKey(Algorithm::sha256, "a secret of some length").mac({signed_text});
        Sent sent{std::move(body)};
        sent.with("X-I", id).with("X-S", verify::encode_hex(mac.view()));
        return verdict(rules, given("a secret of some length"), std::move(sent), at_second(0));
    };
    CHECK_FALSE(judged("abc--def", "x", "abc--def--x"));
    CHECK(judged("abc", "def--x", "abc--def--x") == Errc::malformed_signature);
    CHECK(judged("abc", "-x", "abc---x") == Errc::malformed_signature);  // or "abc-" with "x"
    CHECK_FALSE(judged("abc-", "x", "abc---x"));
    CHECK_FALSE(judged("abc", "x-", "abc--x-"));
}

TEST_CASE("a signed header that is absent, empty or repeated refuses the request") {
    const auto with = [](std::vector<SignedHeader> headers) {
        Sent sent{std::string(standard_body)};
        sent.with("webhook-signature", "v1," + std::string(standard_mac)).with(headers);
        return verdict(standard_webhooks, given(standard_secret), std::move(sent), at_second(1614265330));
    };
    const SignedHeader id{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"};
    const SignedHeader time{"webhook-timestamp", "1614265330"};
    CHECK(with({id, time}) == std::nullopt);
    CHECK(with({id}) == Errc::missing_signature);
    CHECK(with({time}) == Errc::missing_signature);
    CHECK(with({id, {time.name, ""}}) == Errc::missing_signature);
    CHECK(with({{id.name, ""}, time}) == Errc::missing_signature);
    CHECK(with({id, time, time}) == Errc::repeated_signature);
    CHECK(with({id, id, time}) == Errc::repeated_signature);
    CHECK(with({id, {time.name, "1614265331"}}) == Errc::wrong_signature);
    CHECK(with({{id.name, "msg_other"}, time}) == Errc::wrong_signature);
}
