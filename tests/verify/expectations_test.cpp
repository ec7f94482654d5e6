#include "verify/expectations.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "ecma/document.hpp"
#include "verify/scheme.hpp"
#include "verify/sent.hpp"

using namespace chathook;
using test::now;
using test::Sent;
using verify::Expectations;
using Expected = std::vector<VendorSettings::Expected>;

namespace {

bool met(const Expected& expected, std::string_view body) {
    const auto document = JsonDocument::parse_bytes(body);
    return Expectations({}, expected).met_by(document == nullptr ? Json() : document->root());
}

constexpr std::string_view secret = "a secret of some length";

std::optional<Errc> verdict(const verify::SchemeRules& rules, const VendorSettings& settings, Sent sent,
                            Verified::Content content = Verified::Content::read) {
    const verify::Scheme scheme(rules, settings);
    const Request& request = sent.request();
    const auto claim = scheme.claim(request);
    REQUIRE(claim.has_value());
    const auto verified = scheme.verify_form(*claim, request.body, now, Verified::Form::raw, content);
    return verified ? std::nullopt : std::optional(verified.error());
}

}  // namespace

TEST_CASE("what is expected is a text, or a number as it is written") {
    CHECK(met({{"/account/id", "17"}}, R"({"account":{"id":"17"}})"));
    CHECK(met({{"/account/id", "17"}}, R"({"account":{"id":17}})"));
    CHECK(met({{"/accounts/1", "b"}}, R"({"accounts":["a","b"]})"));
    CHECK(met({}, "no JSON"));
    for (const char* body :
         {R"({"account":{"id":"18"}})", R"({"account":{"id":17.0}})", R"({"account":{"id":null}})",
          R"({"account":{"id":["17"]}})", R"({"account":"17"})", "{}", "[]", "17", "no JSON", ""}) {
        CAPTURE(body);
        CHECK_FALSE(met({{"/account/id", "17"}}, body));
    }
}

TEST_CASE("every field that is expected has to be right") {
    const Expected both{{"/a", "1"}, {"/b", "2"}};
    CHECK(met(both, R"({"a":1,"b":2})"));
    CHECK_FALSE(met(both, R"({"a":1})"));
    CHECK_FALSE(met(both, R"({"b":2})"));
    CHECK_FALSE(met(both, R"({"a":1,"b":1})"));
}

TEST_CASE("of a key that stands twice the last value counts") {
    CHECK(met({{"/a", "1"}}, R"({"a":2,"a":1})"));
    CHECK_FALSE(met({{"/a", "1"}}, R"({"a":1,"a":2})"));
}

TEST_CASE("a star is every element of a list, which must have one") {
    const Expected all{{"/entry/*/id", "17"}};
    CHECK(met(all, R"({"entry":[{"id":"17"}]})"));
    CHECK(met(all, R"({"entry":[{"id":"17"},{"id":17}]})"));
    CHECK(met({{"/*/*/id", "17"}}, R"([[{"id":"17"}],[{"id":"17"},{"id":"17"}]])"));
    CHECK(met({{"/*", "17"}}, "[17]"));
    for (const char* body :
         {R"({"entry":[{"id":"17"},{"id":"18"}]})", R"({"entry":[{"id":"18"},{"id":"17"}]})",
          R"({"entry":[]})", R"({"entry":{"0":{"id":"17"}}})", R"({"entry":[{"id":"17"},{}]})",
          R"({"entry":"17"})", "{}"}) {
        CAPTURE(body);
        CHECK_FALSE(met(all, body));
    }
}

TEST_CASE("an empty text is never what is expected") {
    CHECK_FALSE(met({{"/a", ""}}, R"({"a":""})"));
    CHECK_FALSE(met({{"/a", ""}}, "{}"));
}

TEST_CASE("what a vendor expects and what the source expects both count") {
    const std::string_view path[] = {"kind"};
    const verify::ExpectedText of_vendor[] = {{path, "webhook"}};
    const auto document = JsonDocument::parse_bytes(R"({"kind":"webhook","id":17})");
    CHECK(Expectations(of_vendor, Expected{{"/id", "17"}}).met_by(document->root()));
    CHECK_FALSE(Expectations(of_vendor, Expected{{"/id", "18"}}).met_by(document->root()));
    const std::string_view other[] = {"id"};
    const verify::ExpectedText wrong[] = {{other, "webhook"}};
    CHECK_FALSE(Expectations(wrong, Expected{{"/id", "17"}}).met_by(document->root()));
}

TEST_CASE("a rightly signed request for another account is refused, and a forged one as a wrong signature") {
    VendorSettings settings = test::settings({{secret}});
    const std::string body = R"({"id":17})";
    Sent sent(body);
    sent.with(verify::Scheme(test::prefixed, settings).sign(body, "", now));
    CHECK_FALSE(verdict(test::prefixed, settings, sent));
    settings.expect = {{"/id", "17"}};
    CHECK_FALSE(verdict(test::prefixed, settings, sent));
    settings.expect = {{"/id", "18"}};
    CHECK(verdict(test::prefixed, settings, sent) == Errc::unexpected_account);
    VendorSettings others = test::settings({{"another secret of length"}});
    others.expect = {{"/id", "18"}};
    CHECK(verdict(test::prefixed, others, sent) == Errc::wrong_signature);
}

TEST_CASE("a body that is too large to be read is not accepted where something is expected of it") {
    VendorSettings settings = test::settings({{secret}});
    const std::string body = R"({"id":17})";
    Sent sent(body);
    sent.with(verify::Scheme(test::prefixed, settings).sign(body, "", now));
    CHECK_FALSE(verdict(test::prefixed, settings, sent, Verified::Content::unread));
    settings.expect = {{"/id", "17"}};
    CHECK(verdict(test::prefixed, settings, sent, Verified::Content::unread) == Errc::body_too_large);
}

TEST_CASE("a token proves a request only if the body says what is expected") {
    const verify::SchemeRules token{
        .header = "X-Token", .kind = verify::Kind::token, .encoding = verify::Encoding::text};
    VendorSettings settings = test::settings({{secret}});
    settings.expect = {{"/id", "17"}};
    const auto of = [&](const std::string& body) {
        return verdict(token, settings, Sent(body).with("X-Token", std::string(secret)));
    };
    CHECK_FALSE(of(R"({"id":17})"));
    CHECK(of(R"({"id":18})") == Errc::unexpected_account);
}

TEST_CASE("the stringified form is judged like the raw one") {
    VendorSettings settings = test::settings({{secret}});
    settings.expect = {{"/id", "18"}};
    const verify::Scheme scheme(test::sha1_stringified, settings);
    Sent sent(R"({ "id": 17 })");
    sent.with(scheme.sign(R"({"id":17})", "", now));
    const auto verified = scheme.verify(sent.request(), now);
    REQUIRE(verified.has_error());
    CHECK(verified.error() == Errc::unexpected_account);
}
