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
    return learn({sent.request(), known.secrets, ""}, bytes_max);
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
    CHECK(found.remarks.size() == 1);
}

TEST_CASE("a search that is ended says so, and finds nothing wrong") {
    const Learned ended = learned(Sent("{}").with("X-Signature", known_mac("{}", "nobody's")), 4096);
    CHECK_FALSE(ended.complete);
    CHECK(ended.lessons.empty());
    CHECK(learned(Sent("{}").with("X-Signature", known_mac("{}", "nobody's"))).complete);
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
