#include "learn/tokens.hpp"

#include <catch2/catch.hpp>

#include "learn/known_secret.hpp"
#include "verify/digest.hpp"
#include "verify/encoding.hpp"
#include "verify/sent.hpp"

namespace chathook::learn {
namespace {

using Catch::Matchers::Contains;
using test::known_secret;
using test::Sent;
using test::settings;

std::vector<Lesson> tokens(Sent sent) {
    const VendorSettings known = settings({{known_secret}});
    return token_lessons({sent.request(), known.secrets, known.secrets.size(), ""});
}

std::string remarks(Sent sent, bool has_signature = true) {
    const VendorSettings known = settings({{known_secret}});
    std::string all;
    for (const std::string& remark :
         remarks_on({sent.request(), known.secrets, known.secrets.size(), ""}, has_signature))
        all += remark + '\n';
    return all;
}

}  // namespace

TEST_CASE("a secret that is shown as it is, is a token, in a header or in the body") {
    const auto in_header = tokens(Sent("{}").with("Authorization", "Bearer " + std::string(known_secret)));
    REQUIRE(in_header.size() == 1);
    CHECK(in_header[0].kind == "token");
    CHECK(in_header[0].prefix == "Bearer ");
    const auto in_body = tokens(Sent(R"({"a":{"key":"a secret of some length"}})"));
    REQUIRE(in_body.size() == 1);
    CHECK(in_body[0].pointer == "/a/key");
    CHECK(tokens(Sent(R"({"a":"a secret of some lengths"})").with("X-A", "a secret of some")).empty());
}

TEST_CASE("what no vendor file can verify is named") {
    const std::string body = "{}";
    const auto digest = verify::encode_hex(verify::sha256(std::string(known_secret) + body));
    CHECK_THAT(remarks(Sent(body).with("X-Signature", digest)), Contains("plain hash"));
    CHECK_THAT(remarks(Sent(body).with("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln")),
               Contains("JSON Web Token"));
    CHECK_THAT(remarks(Sent(body), false), Contains("No header holds anything as long as a signature"));
    CHECK_THAT(remarks(Sent(body)), Contains("another secret"));
    CHECK_THAT(remarks(Sent(body).with("X-Signature", std::string(96, 'a'))), Contains("SHA-384"));
    CHECK_THAT(remarks(Sent(body).with("X-Request-Id", std::string(32, 'a'))),
               Contains("another secret") && !Contains("MD5"));
    Sent sent(body);
    Request request = sent.request();
    const std::string query = "key=" + std::string(known_secret);
    request.query = query;
    const VendorSettings known = settings({{known_secret}});
    CHECK_THAT(remarks_on({request, known.secrets, known.secrets.size(), ""}, true).front(),
               Contains("stands in the URL"));
}

TEST_CASE("the values of a body are its short texts and numbers") {
    const auto values =
        body_values(R"({"id":17,"a":{"b":"x"},"c":true,"d":")" + std::string(300, 'y') + R"("})");
    REQUIRE(values.size() == 2);
    CHECK(values[0] == std::pair<std::string, std::string>("/id", "17"));
    CHECK(values[1] == std::pair<std::string, std::string>("/a/b", "x"));
    CHECK(body_values("no JSON").empty());
}

}  // namespace chathook::learn
