#include "doctor/signature_reading.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

#include "verify/sent.hpp"

namespace chathook::doctor {
namespace {

using Catch::Matchers::Contains;

std::string hex(std::size_t bytes) { return std::string(2 * bytes, 'a'); }

const std::string base64 = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=";     // 32 bytes of AB
const std::string base64url = "_-________________________________________8=";  // with '-' and '_'

}  // namespace

TEST_CASE("a signature is found after labels, in quotes, in hex and in base64") {
    for (const std::string& value :
         {hex(32), "sha256=" + hex(32), "\"" + hex(32) + "\"", "t=1,v1=" + hex(32), "v1," + base64, base64}) {
        CAPTURE(value);
        const ReadSignature read = read_signature(value);
        REQUIRE(read.macs.size() == 1);
        CHECK(read.macs.front().mac.size == 32);
    }
    CHECK(read_signature("sha1=" + hex(20)).macs.front().label == "sha1");
    CHECK(read_signature("sha1=" + hex(20)).macs.front().mac.size == 20);
    CHECK(read_signature(hex(64)).macs.front().mac.size == 64);
    CHECK(read_signature(hex(48)).macs.front().mac.size == 0);
    CHECK(read_signature(base64).macs.front().label.empty());
    CHECK(read_signature("t=17, v1=" + hex(32) + ",v1=" + hex(32)).time == "17");
    CHECK(read_signature("t=17, v1=" + hex(32) + ",v1=" + hex(32)).macs.size() == 2);
    CHECK(read_signature("").macs.empty());
    CHECK(read_signature("Bearer abc").macs.empty());
}

TEST_CASE("a correct form is described") {
    CHECK(describe_form(test::plain, hex(32)) == "64 hex digits, the size of SHA-256");
    CHECK(describe_form(test::plain, base64) == "44 characters of base64, the size of SHA-256");
    CHECK(describe_form(test::prefixed, "sha256=" + hex(32)) ==
          "sha256= and 64 hex digits, the size of SHA-256");
    CHECK(describe_form(test::timed, "t=1,v1=" + hex(32)) ==
          "t= and v1= with 64 hex digits, the size of SHA-256");
}

TEST_CASE("a wrong form is explained") {
    const std::pair<std::string, std::string> prefixed[] = {
        {hex(32), "nothing precedes the MAC; wanted: sha256= and 64 hex digits"},
        {"SHA256=" + hex(32), "SHA256= precedes it"},
        {"sha1=" + hex(20), "the rest is 40 hex digits, the size of SHA-1"},
        {"sha256=" + hex(20), "this vendor signs with SHA-256"},
        {"sha256=" + hex(31) + "a", "63 hex digits: some are missing; wanted: 64 hex digits"},
        {"sha256=" + base64, "44 characters of base64, the size of SHA-256; wanted: 64 hex digits"},
        {"sha256=\"" + hex(32) + "\"", "quotation marks"},
        {"sha256=" + hex(64), "128 hex digits, the size of SHA-512"},
        {"sha256=" + hex(32) + "*", "neither hex nor base64"},
        {"sha256=" + hex(32) + ",sha256=" + hex(32), "2 signatures in one header"},
        {"t=1,v1=" + hex(32), "of the form t=TIME,v1=MAC"},
        {"nonsense", "8 characters that hold no MAC"}};
    for (const auto& [value, expected] : prefixed) {
        CAPTURE(value);
        CHECK_THAT(explain_form(test::prefixed, value), Contains(expected));
    }
    CHECK_THAT(explain_form(test::plain, base64url), Contains("base64url"));
    CHECK_THAT(explain_form(test::plain, base64 + "="), Contains("padding"));
    CHECK_THAT(explain_form(test::plain, "sha256=" + hex(32)), Contains("sha256= precedes it"));
    CHECK_THAT(explain_form(test::sha1_stringified, hex(32)), Contains("this vendor signs with SHA-1"));
}

TEST_CASE("a wrong form of time and signature is explained") {
    const std::pair<std::string, std::string> timed[] = {
        {hex(32), "no t= in it"},
        {"t=1,t=2,v1=" + hex(32), "more than one t="},
        {"t=1492774577000000,v1=" + hex(32), "t= has 16 digits, microseconds"},
        {"t=2026-11-21T20:00:00Z,v1=" + hex(32), "t= is not a whole number"},
        {"t=1,v0=" + hex(32), "no v1= in it but: v0"},
        {"t=1", "no v1= in it"},
        {"t=1,v1=" + hex(20), "v1= 40 hex digits, the size of SHA-1"},
        {"t=1,v1=" + base64, "v1= 44 characters of base64"},
        {"t=1,,v1=" + hex(32), "stray comma"}};
    for (const auto& [value, expected] : timed) {
        CAPTURE(value);
        CHECK_THAT(explain_form(test::timed, value), Contains(expected));
    }
}

TEST_CASE("a time in another unit is explained by the unit that is wanted") {
    using verify::TimeUnit;
    CHECK(explain_time_text("1700000000", TimeUnit::milliseconds) ==
          "has 10 digits, seconds; wanted: the 13 digits of milliseconds since 1970");
    CHECK(explain_time_text("1700000000000", TimeUnit::seconds) ==
          "has 13 digits, milliseconds; wanted: the 10 digits of seconds since 1970");
    CHECK_THAT(explain_time_text("2026-11-21T20:00:00", TimeUnit::iso8601), Contains("has no zone"));
    CHECK_THAT(explain_time_text("1700000000", TimeUnit::iso8601), Contains("wanted: a date with its zone"));
    CHECK_THAT(explain_time_text("", TimeUnit::automatic), Contains("is empty"));
}

TEST_CASE("a signature of a public key is described without a hash's size") {
    const verify::SchemeRules rules{.header = "X-A", .kind = verify::Kind::public_key};
    CHECK(describe_form(rules, hex(64)) == "128 hex digits");
    CHECK_THAT(explain_form(rules, base64), Contains("wanted: the signature in hex") && !Contains("SHA"));
}

TEST_CASE("no description of a form repeats a signature") {
    const std::string mac = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    for (const verify::SchemeRules& rules :
         {test::plain, test::prefixed, test::sha1_stringified, test::timed}) {
        for (const std::string& value : {mac, "sha256=" + mac, "t=1,v1=" + mac, "v0=" + mac + "," + mac,
                                         "x " + mac, "\"" + mac, mac + "=" + mac, "=" + mac}) {
            CAPTURE(value);
            for (const std::string& said : {describe_form(rules, value), explain_form(rules, value)}) {
                CHECK(said.find(mac.substr(0, 20)) == said.npos);
            }
        }
    }
}

}  // namespace chathook::doctor
