// The time in a body, for sources with a tolerance.
#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>

#include "verify/encoding.hpp"
#include "verify/scheme.hpp"
#include "verify/sent.hpp"

using namespace chathook;
using namespace chathook::verify;
using namespace std::chrono_literals;
using test::now;
using test::Sent;

namespace {

constexpr std::string_view secret = "whsec_0123456789abcdef";

constexpr std::string_view at[] = {"at"};
constexpr SchemeRules dated{.header = "x-signature",
                            .body = BodyForm::raw_or_stringified,
                            .time = {.in = TimeRules::In::body, .path = at}};

VendorSettings within(std::optional<std::chrono::seconds> tolerance) {
    VendorSettings settings = test::settings({{secret}});
    settings.timestamp_tolerance = tolerance;
    return settings;
}

std::string body_of(std::chrono::seconds after_now) {
    return R"({"at":)" + std::to_string((now + after_now).time_since_epoch() / 1s) + "}";
}

// The verdict on `body` when its sender signed it, unchanged or in its JSON.stringify form.
std::optional<Errc> refused(std::optional<std::chrono::seconds> tolerance, const std::string& body,
                            const std::string& signed_text) {
    const Scheme scheme(dated, within(tolerance));
    Sent sent(body);
    sent.with(scheme.sign(signed_text, "", now));
    const auto verified = scheme.verify(sent.request(), now);
    if (verified.has_error()) return verified.error();
    CHECK(verified->signed_at().has_value() == tolerance.has_value());
    return std::nullopt;
}

std::optional<Errc> refused(std::optional<std::chrono::seconds> tolerance, const std::string& body) {
    return refused(tolerance, body, body);
}

}  // namespace

TEST_CASE("with a tolerance, the time in a body may be neither too old nor too far ahead") {
    for (const auto off : {0s, 60s, -60s}) CHECK_FALSE(refused(60s, body_of(off)));
    for (const auto off : {61s, -61s, 86400s, -86400s}) {
        CHECK(refused(60s, body_of(off)) == Errc::stale_timestamp);
    }
}

TEST_CASE("without a tolerance, the time in a body is ignored") {
    for (const auto off : {0s, 61s, -86400s}) CHECK_FALSE(refused(std::nullopt, body_of(off)));
    CHECK_FALSE(refused(std::nullopt, "no JSON at all"));
}

TEST_CASE("the rules may give a time in the body a tolerance, which the source's own replaces") {
    SchemeRules rules = dated;
    rules.time.tolerance = 60s;
    const auto verdict = [&](std::optional<std::chrono::seconds> own, std::chrono::seconds age) {
        const Scheme scheme(rules, within(own));
        Sent sent(body_of(-age));
        sent.with(scheme.sign(body_of(-age), "", now));
        return scheme.verify(sent.request(), now).has_value();
    };
    CHECK(verdict(std::nullopt, 60s));
    CHECK_FALSE(verdict(std::nullopt, 61s));
    CHECK(verdict(3600s, 61s));
}

TEST_CASE("with a tolerance, a body without a time is stale") {
    for (const std::string body : {"{}", R"({"at":null})", "no JSON at all", ""}) {
        CHECK(refused(60s, body) == Errc::stale_timestamp);
    }
}

TEST_CASE("the time is read from the form that was signed") {
    const std::string fresh = body_of(0s);
    const std::string spaced = "{ \"at\" : " + fresh.substr(6);
    CHECK_FALSE(refused(60s, spaced, fresh));
    // JSON.stringify keeps the last of two values, so the last one is signed.
    const std::string old = body_of(-7200s);
    const std::string twice = fresh.substr(0, fresh.size() - 1) + "," + old.substr(1);
    CHECK(refused(60s, twice, old) == Errc::stale_timestamp);
}

TEST_CASE("an old body under a wrong signature is a wrong signature, not a stale time") {
    const Scheme scheme(dated, within(60s));
    CHECK(test::refusal(scheme, body_of(-7200s), std::string(64, '0')) == Errc::wrong_signature);
}

TEST_CASE("the claimed time of a request is read from its header or its body, without proof") {
    const Scheme in_body(dated, within(60s));
    CHECK(in_body.claimed_time({}, body_of(-7200s)) == now - 7200s);
    CHECK_FALSE(in_body.claimed_time({}, "no JSON"));

    const Scheme in_header(test::timed, within(std::nullopt));
    Sent headed("{}");
    headed.with("X-Webhook-Signature", "t=1700000042,v1=" + std::string(64, '0'));
    const auto claim = in_header.claim(headed.request());
    REQUIRE(claim.has_value());
    CHECK(in_header.claimed_time(*claim, "{}") == now + 42s);
    CHECK(claim->time_text == "1700000042");
    CHECK(in_header.claim(Sent("{}").request()).error() == Errc::missing_signature);

    const Scheme nowhere(test::plain, within(std::nullopt));
    CHECK_FALSE(nowhere.claimed_time({}, body_of(0s)));
}

TEST_CASE("a claim is read once, and serves for both forms of the body") {
    const Scheme scheme(dated, within(std::nullopt));
    Sent sent("{ }");
    sent.with(scheme.sign("{}", "", now));
    const Request& request = sent.request();
    const auto claim = scheme.claim(request);
    REQUIRE(claim.has_value());
    CHECK(claim->macs.size() == 1);
    CHECK(scheme.verify_form(*claim, request.body, now, Verified::Form::raw).error() ==
          Errc::wrong_signature);
    const auto verified = scheme.verify_form(*claim, request.body, now, Verified::Form::stringified);
    REQUIRE(verified.has_value());
    CHECK(verified->body() == "{}");
}

TEST_CASE(
    "of a head alone it can be said whether its signature is missing or repeated, not whether it is right") {
    const Scheme scheme(test::plain, within(std::nullopt));
    CHECK(scheme.signature(Sent("").request()).error() == Errc::missing_signature);
    Sent sent("");
    sent.with("X-Signature", "");
    CHECK(scheme.signature(sent.request()).error() == Errc::missing_signature);
    sent.with("X-Signature", "");
    CHECK(scheme.signature(sent.request()).error() == Errc::repeated_signature);
    Sent other("");
    other.with("X-Signature", "nonsense");
    REQUIRE(scheme.signature(other.request()).has_value());
    CHECK(*scheme.signature(other.request()) == "nonsense");
    CHECK(scheme.claim(other.request()).error() == Errc::malformed_signature);
}

TEST_CASE("a proved but unread body has no JSON, and counts as too large if its time would have to be read") {
    for (const bool held : {false, true}) {
        const Scheme scheme(dated, within(held ? std::optional(60s) : std::nullopt));
        Sent sent(body_of(0s));
        sent.with(scheme.sign(body_of(0s), "", now));
        const auto claim = scheme.claim(sent.request());
        REQUIRE(claim.has_value());
        const auto verified = scheme.verify_form(*claim, sent.request().body, now, Verified::Form::raw,
                                                 Verified::Content::unread);
        if (held) {
            REQUIRE(verified.has_error());
            CHECK(verified.error() == Errc::body_too_large);
            continue;
        }
        REQUIRE(verified.has_value());
        CHECK_FALSE(verified->json());
        CHECK(verified->document() == nullptr);
        CHECK(verified->body() == body_of(0s));
    }
}
