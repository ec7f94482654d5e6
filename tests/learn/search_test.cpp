#include "learn/search.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "learn/known_secret.hpp"
#include "verify/sent.hpp"

namespace chathook::learn {
namespace {

using Catch::Matchers::Contains;
using test::known_mac;
using test::known_secret;
using test::Sent;
using test::settings;

Learned learned(Sent sent, std::uint64_t bytes_max = doctor::hashed_bytes_max) {
    const VendorSettings known = settings({{"another secret"}, {known_secret}});
    return learn({sent.request(), known.secrets, known.secrets.size(), ""}, bytes_max);
}

}  // namespace

TEST_CASE("the way of signing is found with the secret that signed") {
    const std::string body = R"({"a": 1})";
    const Learned found = learned(
        Sent(body).with("X-Time", "1700000000").with("X-Signature", "v1=" + known_mac("1700000000:" + body)));
    REQUIRE(found.lessons.size() == 1);
    CHECK(found.lessons[0].text == "{time}:{body}");
    CHECK(found.lessons[0].prefix == "v1=");
    CHECK(found.lessons[0].time_header == "X-Time");
    CHECK(found.lessons[0].time_unit == "s");
    CHECK(found.lessons[0].secret == 1);
    CHECK(found.lessons[0].obstacles.empty());
    CHECK(found.remarks.empty());
}

TEST_CASE("the simplest text that explains a signature is the one that is found") {
    const std::string body = R"({"a":1})";
    const Learned found =
        learned(Sent(body).with("X-Time", "1700000000").with("X-Signature", known_mac(body)));
    REQUIRE(found.lessons.size() == 1);
    CHECK(found.lessons[0].text.empty());
    CHECK(found.lessons[0].time_header.empty());
}

TEST_CASE("the JSON.stringify form is told from the raw body only where they differ") {
    const Learned compact = learned(Sent(R"({"a":1})").with("X-Signature", known_mac(R"({"a":1})")));
    REQUIRE(compact.lessons.size() == 1);
    CHECK_FALSE(compact.lessons[0].stringified);
    const Learned spaced = learned(Sent(R"({"a": 1})").with("X-Signature", known_mac(R"({"a":1})")));
    REQUIRE(spaced.lessons.size() == 1);
    CHECK(spaced.lessons[0].stringified);
}

TEST_CASE("a time in a pair counts only for a signature in the same header") {
    const std::string body = "{}";
    const Learned found = learned(
        Sent(body).with("X-Times", "t=1700000000,x=1").with("X-Signature", known_mac("1700000000." + body)));
    CHECK(found.lessons.empty());
    CHECK_FALSE(found.remarks.empty());
}

TEST_CASE("a search that is ended says so, and finds nothing wrong") {
    const Learned ended = learned(Sent("{}").with("X-Signature", known_mac("{}", "nobody's")), 4096);
    CHECK_FALSE(ended.complete);
    CHECK(ended.lessons.empty());
    CHECK(learned(Sent("{}").with("X-Signature", known_mac("{}", "nobody's"))).complete);
}

TEST_CASE("a public key is no secret: what is made with its text is not learnt") {
    constexpr std::string_view key =
        "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";  // RFC 8032
    const std::string hex = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const auto learnt_with = [](std::string_view secret, std::size_t public_from, Sent sent) {
        const VendorSettings known = settings({{secret}});
        return learn({sent.request(), known.secrets, public_from, ""}).lessons.size();
    };
    const auto forged = [](std::string_view with) {
        return Sent("{}").with("X-Signature", known_mac("{}", with)).with("X-Token", std::string(with));
    };
    CHECK(learnt_with(key, 1, forged(key)) == 0);
    CHECK(learnt_with(hex, 0, forged(hex)) == 0);
    CHECK(learnt_with(hex, 1, forged(hex)) == 1);  // given as a secret, it is one
}

TEST_CASE("the search of a request without anything to find is bounded") {
    Sent sent("a=1&b=2&" + std::string(60'000, 'x'));
    sent.with("Content-Type", "application/x-www-form-urlencoded");
    for (int i = 0; i < 23; ++i) sent.with("X-Header-" + std::to_string(i), "value");
    std::string pairs;
    for (int i = 0; i < 16; ++i) pairs += "a" + std::to_string(i) + "=1700000000,";
    sent.with("X-Times", pairs);
    const VendorSettings known = settings({{known_secret}});
    const Learned nothing = learn({sent.request(), known.secrets, 1, ""}, 1 << 24);
    CHECK(nothing.complete);  // there is no signature, so there was nothing to try
    CHECK(nothing.bytes_left == 1 << 24);
    sent.with("X-Signature", known_mac("x"));
    const Learned ended = learn({sent.request(), known.secrets, 1, ""}, 1 << 24);
    CHECK_FALSE(ended.complete);
    CHECK(ended.bytes_left < 1 << 20);
}

TEST_CASE("no text that the search makes holds a secret or a signature") {
    const std::string body = R"({"id":"task_1"})";
    for (const std::string& signature :
         {known_mac("task_1"), known_mac(body + "\n"), known_mac(body, std::string(known_secret) + "\n"),
          known_mac("task_1", "nobody's")}) {
        const Learned found = learned(Sent(body).with("X-Signature", signature));
        std::string said;
        for (const std::string& remark : found.remarks) said += remark;
        for (const Lesson& lesson : found.lessons) {
            for (const std::string& obstacle : lesson.obstacles) said += obstacle;
            said += to_yaml(lesson);
        }
        CHECK_FALSE(said.empty());
        CHECK_THAT(said, !Contains(std::string(known_secret)) && !Contains(signature.substr(0, 16)));
    }
}

}  // namespace chathook::learn
