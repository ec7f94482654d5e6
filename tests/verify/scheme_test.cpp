#include "verify/scheme.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "support/node_oracle.hpp"
#include "verify/sent.hpp"

using namespace chathook;
using namespace chathook::verify;
using test::now;
using test::refusal;
using test::Sent;
using test::settings;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view secret = "whsec_0123456789abcdef";
constexpr std::string_view body = R"({"conversationId":"clP5fVfvHISpzpLkJub2"})";

// Computed with Node's crypto, so that no scheme proves itself.
struct Signatures {
    std::string hex, base64;
};

Signatures node_signature(std::string_view algorithm, std::string_view key, std::string_view text) {
    static test::NodeOracle node("tests/verify/oracle.mjs");
    const auto answers = node.ask({std::string(algorithm), std::string(key), std::string(text)});
    return {answers.at(0), answers.at(1)};
}

std::string upper(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

}  // namespace

TEST_CASE(
    "a body signed by Node is accepted, in hex of either case, and in base64 if the vendor may send it") {
    const Scheme either(test::plain, settings({{secret}}));
    const Scheme hex_only(test::prefixed, settings({{secret}}));
    const Signatures right = node_signature("sha256", secret, body);
    CHECK(refusal(either, body, right.hex) == std::nullopt);
    CHECK(refusal(either, body, upper(right.hex)) == std::nullopt);
    CHECK(refusal(either, body, right.base64) == std::nullopt);
    CHECK(refusal(either, body, right.base64.substr(0, 43)) == std::nullopt);
    CHECK(refusal(hex_only, body, "sha256=" + right.hex) == std::nullopt);
    CHECK(refusal(hex_only, body, "sha256=" + right.base64) == Errc::malformed_signature);
}

TEST_CASE("a webhook whose body was changed is refused") {
    const Scheme scheme(test::plain, settings({{secret}}));
    const Signatures right = node_signature("sha256", secret, body);
    for (std::size_t at = 0; at < body.size(); ++at) {
        std::string changed(body);
        changed[at] ^= 1;
        CHECK(refusal(scheme, changed, right.hex) == Errc::wrong_signature);
    }
    CHECK(refusal(scheme, std::string(body) + "\n", right.hex) == Errc::wrong_signature);
    CHECK(refusal(scheme, "", right.hex) == Errc::wrong_signature);
    CHECK(refusal(scheme, "", node_signature("sha256", secret, "").hex) == std::nullopt);
}

TEST_CASE("every forged signature header is refused with its own reason") {
    const Scheme scheme(test::prefixed, settings({{secret}}));
    const Signatures right = node_signature("sha256", secret, body);
    const std::string whole = "sha256=" + right.hex;
    REQUIRE(refusal(scheme, body, whole) == std::nullopt);

    CHECK(refusal(scheme, body, "") == Errc::missing_signature);
    for (std::size_t size = 1; size < whole.size(); ++size) {
        CHECK(refusal(scheme, body, whole.substr(0, size)) == Errc::malformed_signature);
    }
    for (const std::string& forged : {whole + "0",
                                      whole + " ",
                                      whole + ",",
                                      whole + "," + whole,
                                      whole + "=",
                                      " " + whole,
                                      right.hex,
                                      "SHA256=" + right.hex,
                                      "Sha256=" + right.hex,
                                      "sha1=" + right.hex,
                                      "sha512=" + right.hex,
                                      "sha256:" + right.hex,
                                      "sha256 =" + right.hex,
                                      "sha256= " + right.hex,
                                      "sha256==" + right.hex,
                                      "sha256=sha256=" + right.hex,
                                      "v1=" + right.hex,
                                      "sha256=\"" + right.hex + "\"",
                                      "sha1=" + node_signature("sha1", secret, body).hex,
                                      "sha256=" + node_signature("sha1", secret, body).hex,
                                      "sha256=0x" + right.hex.substr(2),
                                      "sha256=" + right.hex.substr(0, 63) + "g",
                                      "sha256=" + right.base64,
                                      std::string("***"),
                                      std::string("sha256=***"),
                                      std::string("null"),
                                      std::string("sha256=undefined")}) {
        CAPTURE(forged);
        CHECK(refusal(scheme, body, forged) == Errc::malformed_signature);
    }
    for (std::size_t at = 7; at < whole.size(); ++at) {
        std::string forged = whole;
        forged[at] = forged[at] == '0' ? '1' : '0';
        CHECK(refusal(scheme, body, forged) == Errc::wrong_signature);
    }
    CHECK(refusal(scheme, body, "sha256=" + std::string(64, '0')) == Errc::wrong_signature);
    CHECK(refusal(scheme, body, "sha256=" + node_signature("sha256", "another", body).hex) ==
          Errc::wrong_signature);
}

TEST_CASE("base64 that is not canonical is refused") {
    const Scheme scheme(test::plain, settings({{secret}}));
    const std::string right = node_signature("sha256", secret, body).base64;
    REQUIRE(right.size() == 44);
    std::string stray = right;  // the last digit before the padding has two unused bits
    stray[42] = static_cast<char>(stray[42] + 1);
    for (const std::string& forged : {stray, right + "=", right + "\n", " " + right, right.substr(0, 42),
                                      right.substr(0, 43) + "A", right.substr(0, 43) + " "}) {
        CAPTURE(forged);
        CHECK(refusal(scheme, body, forged) == Errc::malformed_signature);
    }
}

TEST_CASE("a missing or repeated signature header is refused, even if both values are valid") {
    const Scheme scheme(test::plain, settings({{secret}}));
    const std::string right = node_signature("sha256", secret, body).hex;
    Sent sent{std::string(body)};
    CHECK(scheme.verify(sent.request(), now).error() == Errc::missing_signature);
    sent.with("X-SIGNATURE", right);
    CHECK(scheme.verify(sent.request(), now).has_value());
    sent.with("x-signature", right);
    CHECK(scheme.verify(sent.request(), now).error() == Errc::repeated_signature);
    Sent empty{std::string(body)};
    empty.with("x-signature", right).with("x-signature", "");
    CHECK(scheme.verify(empty.request(), now).error() == Errc::repeated_signature);
}

TEST_CASE("any live secret may have signed, and its index is returned") {
    const Scheme scheme(test::plain, settings({{"first-secret-of-all"}, {secret}, {"retired", now + 1us}}));
    const auto index = [&](std::string_view key) {
        Sent sent{std::string(body)};
        sent.with("x-signature", node_signature("sha256", key, body).hex);
        return scheme.verify(sent.request(), now).value().secret_index();
    };
    CHECK(index("first-secret-of-all") == 0);
    CHECK(index(secret) == 1);
    CHECK(index("retired") == 2);
}

TEST_CASE("a secret is invalid from its not_after on") {
    const Scheme scheme(test::plain, settings({{"current"}, {secret, now}}));
    const std::string value = node_signature("sha256", secret, body).hex;
    Sent sent{std::string(body)};
    sent.with("x-signature", value);
    CHECK(scheme.verify(sent.request(), now - 1us).has_value());
    CHECK(scheme.verify(sent.request(), now).error() == Errc::wrong_signature);
    CHECK(scheme.verify(sent.request(), now + 24h).error() == Errc::wrong_signature);
    const Scheme all_gone(test::plain, settings({{secret, now}}));
    CHECK(all_gone.verify(sent.request(), now).error() == Errc::wrong_signature);
}

TEST_CASE("the expiry of a secret follows the date, which a jump of the wall clock does not move") {
    const Scheme scheme(test::plain, settings({{secret, now}}));
    Sent sent{std::string(body)};
    sent.with("x-signature", node_signature("sha256", secret, body).hex);
    CHECK(scheme.verify(sent.request(), {now + 960h, now - 1us}).has_value());
    CHECK(scheme.verify(sent.request(), {now - 960h, now}).error() == Errc::wrong_signature);
    const auto claim = scheme.claim(sent.request());
    REQUIRE(claim.has_value());
    CHECK(scheme.verify_form(*claim, body, {now + 960h, now - 1us}, Verified::Form::raw).has_value());
}

TEST_CASE("a scheme without a secret, or with an empty one, is rejected") {
    CHECK_THROWS_AS(Scheme(test::plain, VendorSettings{}), std::invalid_argument);
    CHECK_THROWS_AS(Scheme(test::plain, settings({{secret}, {""}})), std::invalid_argument);
}

TEST_CASE("the JSON.stringify form is accepted only for vendors that sign it") {
    const Scheme scheme(test::plain, settings({{secret}}));
    CHECK(refusal(scheme, "{ }", node_signature("sha256", secret, "{}").hex) == Errc::wrong_signature);
    const Scheme stringifying(test::sha1_stringified, settings({{secret}}));
    CHECK(refusal(stringifying, "{ }", node_signature("sha1", secret, "{}").hex) == std::nullopt);
    CHECK(refusal(stringifying, "", node_signature("sha1", secret, "{}").hex) == std::nullopt);
    CHECK(refusal(stringifying, " 1", node_signature("sha1", secret, "1").hex) == Errc::wrong_signature);
    CHECK(refusal(stringifying, "{x}", node_signature("sha1", secret, "{}").hex) == Errc::wrong_signature);
}

TEST_CASE("a generated header equals the one that Node would send, with the first secret") {
    const Scheme scheme(test::prefixed, settings({{secret}, {"second"}}));
    const auto headers = scheme.sign(body, "", now);
    REQUIRE(headers.size() == 1);
    CHECK(headers[0].name == "X-Signature");
    CHECK(headers[0].value == "sha256=" + node_signature("sha256", secret, body).hex);
}
