#include "learn/clues.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

#include "verify/sent.hpp"

namespace chathook::learn {
namespace {

using test::Sent;
using verify::HeaderShape;
using Kind = verify::TextPart::Kind;

const std::string hex64(64, 'a');
const std::string base64_of_32 = "RaO48D9Wi+Q+9yhgU7XLGU1/TM1Ov0ckGixJN6edfK8=";

bool has(const std::vector<SignatureClue>& clues, HeaderShape shape, std::string_view prefix,
         std::string_view key, verify::Encoding encoding) {
    return std::ranges::any_of(clues, [&](const SignatureClue& clue) {
        return clue.shape == shape && clue.prefix == prefix && clue.key == key && clue.encoding == encoding;
    });
}

}  // namespace

TEST_CASE("a signature is read bare, behind a prefix, in pairs and in a list") {
    Sent sent("{}");
    sent.with("X-Bare", hex64).with("X-Prefixed", "sha256=" + base64_of_32);
    sent.with("X-Pairs", "t=1700000000, v1=" + hex64).with("X-List", "v1," + base64_of_32 + " v2,abc");
    const auto clues = signature_clues(sent.request());
    CHECK(has(clues, HeaderShape::bare, "", "", verify::Encoding::hex));
    CHECK(has(clues, HeaderShape::bare, "sha256=", "", verify::Encoding::base64));
    CHECK(has(clues, HeaderShape::pairs, "", "v1", verify::Encoding::hex));
    CHECK(has(clues, HeaderShape::list, "", "v1", verify::Encoding::base64));
    CHECK(clues.size() <= clues_max);
}

TEST_CASE("what proxies and clients add to any request is no signature and no signed value") {
    Sent sent("{}");
    sent.with("X-Forwarded-For", hex64).with("User-Agent", hex64).with("Cookie", hex64);
    CHECK(signature_clues(sent.request()).empty());
    const auto values = signed_values(sent.request(), "");
    REQUIRE(values.size() == 1);
    CHECK(values.front().kind == Kind::method);
}

TEST_CASE("many headers give a bounded number of clues and values") {
    Sent sent("{}");
    for (int i = 0; i < 200; ++i) sent.with("X-Header-" + std::to_string(i), "v1=" + hex64 + ",t=1700000000");
    CHECK(signature_clues(sent.request()).size() == clues_max);
    CHECK(signed_values(sent.request(), "").size() <= 2 * values_max + 1);
}

TEST_CASE("times come first among the signed values, then ids, then the rest, the address and the path") {
    Sent sent("{}");
    sent.with("X-Account", "acme").with("webhook-id", "msg_1").with("X-Time", "2026-11-30T10:00:00Z");
    sent.with("X-Signature", "t=1700000000123,v1=abc");
    Request request = sent.request();
    request.path = "/webhooks/desk";
    const auto values = signed_values(request, "https://example.com/");
    std::vector<Kind> kinds;
    for (const SignedValue& value : values) kinds.push_back(value.kind);
    CHECK(kinds == std::vector{Kind::time, Kind::time, Kind::id, Kind::header, Kind::header, Kind::method,
                               Kind::url, Kind::literal});
    CHECK(values[0].unit == verify::TimeUnit::iso8601);
    CHECK(values[1].unit == verify::TimeUnit::milliseconds);
    CHECK(values[1].pair_of == "X-Signature");
}

TEST_CASE("a JSON Web Token is recognised by its head, with and without Bearer") {
    CHECK(is_web_signature("eyJhbGciOiJIUzI1NiJ9.e30.c2ln"));
    CHECK(is_web_signature("Bearer eyJhbGciOiJIUzI1NiJ9..c2ln"));
    CHECK_FALSE(is_web_signature("v1.abc.def"));
    CHECK_FALSE(is_web_signature("eyJhbGciOiJIUzI1NiJ9.e30"));
    CHECK_FALSE(is_web_signature(""));
}

}  // namespace chathook::learn
