#include "verify/signing_words.hpp"

#include <catch2/catch.hpp>

#include "verify/sent.hpp"

using namespace chathook;
using verify::describe;

TEST_CASE("rules are said in words: the algorithm, how the MAC is written, and what is signed") {
    CHECK(describe({}).algorithm == "HMAC-SHA256");
    CHECK(describe({}).encoding == "hex");
    CHECK(describe({}).signed_text == "raw body");
    CHECK(describe(test::plain).encoding == "hex or base64");
    CHECK(describe(test::prefixed).encoding == "hex, after \"sha256=\"");
    CHECK(describe({.prefix = "v0=", .encoding = verify::Encoding::hex_or_base64}).encoding ==
          "hex or base64, after \"v0=\"");
    CHECK(describe(test::sha1_stringified).algorithm == "HMAC-SHA1");
    CHECK(describe(test::sha1_stringified).signed_text == "raw body, else its JSON.stringify form");
    CHECK(describe({.kind = verify::Kind::token, .encoding = verify::Encoding::text}).algorithm ==
          "shared token");
    CHECK(describe({.algorithm = verify::Algorithm::sha512}).algorithm == "HMAC-SHA512");
    CHECK(describe(test::timed).signed_text ==
          "t + \".\" + raw body, else t + \".\" + its JSON.stringify form");
}

TEST_CASE("what else is asked of a vendor follows from its rules") {
    CHECK_FALSE(test::plain.signs_time());
    CHECK_FALSE(test::plain.signs_stringified());
    CHECK_FALSE(test::plain.dates_body());
    CHECK(test::timed.signs_time());
    CHECK(test::timed.signs_stringified());
    constexpr verify::SchemeRules dated{.time = {.in = verify::TimeRules::In::body}};
    CHECK(dated.dates_body());
}
