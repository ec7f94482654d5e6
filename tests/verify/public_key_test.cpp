#include "verify/public_key.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "support/node_oracle.hpp"
#include "verify/key_form.hpp"
#include "verify/known_schemes.hpp"

using namespace chathook;
using namespace chathook::test;
using namespace chathook::verify;

TEST_CASE("a body that Node signed with a private key is accepted under its public key in every form") {
    test::NodeOracle node("tests/verify/keys_oracle.mjs");
    struct Case {
        const char* kind;
        PublicKeyAlgorithm algorithm;
    };
    for (const Case& one :
         {Case{"ed25519", PublicKeyAlgorithm::ed25519}, Case{"p256", PublicKeyAlgorithm::ecdsa_p256_sha256},
          Case{"rsa", PublicKeyAlgorithm::rsa_pkcs1_sha256}}) {
        CAPTURE(one.kind);
        const auto made = node.ask({one.kind, "1700000000a body"});
        SchemeRules rules{.header = "x-signature",
                          .kind = Kind::public_key,
                          .public_key = one.algorithm,
                          .key = KeyForm::pem,
                          .encoding = Encoding::base64,
                          .text = time_body,
                          .time = {.in = In::header, .name = "x-time", .unit = TimeUnit::seconds}};
        const auto one_verdict = [&](KeyForm form, const std::string& key, std::string body,
                                     std::string value) {
            rules.key = form;
            Sent sent(std::move(body));
            sent.with("x-signature", std::move(value)).with("x-time", "1700000000");
            return verdict(rules, given(key), std::move(sent), test::now);
        };
        std::string one_line = made[0];
        std::erase(one_line, '\n');
        CHECK(one_verdict(KeyForm::pem, made[0], "a body", made[3]) == std::nullopt);
        CHECK(one_verdict(KeyForm::pem, one_line, "a body", made[3]) == std::nullopt);
        CHECK(one_verdict(KeyForm::spki_base64, made[1], "a body", made[3]) == std::nullopt);
        if (one.algorithm == PublicKeyAlgorithm::ed25519) {
            CHECK(one_verdict(KeyForm::raw_hex, made[2], "a body", made[3]) == std::nullopt);
        }
        CHECK(one_verdict(KeyForm::pem, made[0], "a bodY", made[3]) == Errc::wrong_signature);
        CHECK(one_verdict(KeyForm::pem, made[0], "a body", "AAAA") == Errc::wrong_signature);
        CHECK(one_verdict(KeyForm::pem, made[0], "a body", "no base64!") == Errc::wrong_signature);
        CHECK(one_verdict(KeyForm::pem, made[0], "a body", "") == Errc::missing_signature);
    }
}

TEST_CASE("a key of another algorithm, or too short a one, is refused where it is configured") {
    test::NodeOracle node("tests/verify/keys_oracle.mjs");
    const auto fault = [&](PublicKeyAlgorithm algorithm, std::string_view key, KeyForm form = KeyForm::pem) {
        return key_bytes({.kind = Kind::public_key, .public_key = algorithm, .key = form}, key).fault;
    };
    const auto pem = [&](const char* kind) { return node.ask({kind, ""})[0]; };
    CHECK(fault(PublicKeyAlgorithm::ed25519, pem("ed25519")).empty());
    CHECK(fault(PublicKeyAlgorithm::ed25519, pem("p256")) == "is not an Ed25519 key");
    CHECK(fault(PublicKeyAlgorithm::ecdsa_p256_sha256, pem("p384")) == "is not a key of the curve P-256");
    CHECK(fault(PublicKeyAlgorithm::rsa_pkcs1_sha256, pem("p256")) == "is not an RSA key");
    CHECK(fault(PublicKeyAlgorithm::rsa_pkcs1_sha256, pem("short-rsa")) ==
          "has 1024 bits; at least 2048 are needed");
    CHECK(fault(PublicKeyAlgorithm::rsa_pkcs1_sha256, "MIIB") ==
          "has no block from `-----BEGIN PUBLIC KEY-----` to `-----END PUBLIC KEY-----`");
    CHECK(fault(PublicKeyAlgorithm::ed25519, "MIIB", KeyForm::spki_base64) ==
          "is not a public key (SubjectPublicKeyInfo) in base64");
    CHECK(fault(PublicKeyAlgorithm::ed25519, "00ff", KeyForm::raw_hex) ==
          "is not the 64 hex digits of an Ed25519 key");
}
