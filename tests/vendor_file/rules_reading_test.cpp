#include "vendor_file/rules_reading.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "vendor_file/read_file.hpp"

using namespace chathook;
using test::file_of;
using test::problems_of;

namespace {

using Problems = std::vector<std::string>;

bool one_contains(const Problems& problems, const std::string& text) {
    return std::ranges::any_of(problems, [&](const std::string& one) { return one.find(text) != one.npos; });
}

}  // namespace

TEST_CASE("what a file leaves out is HMAC-SHA256 in hex over the raw body") {
    const auto file = file_of("{header: X-Signature}");
    const verify::SchemeRules& rules = file->definition().rules;
    CHECK(rules.kind == verify::Kind::hmac);
    CHECK(rules.algorithm == verify::Algorithm::sha256);
    CHECK(rules.key == verify::KeyForm::text);
    CHECK(rules.encoding == verify::Encoding::hex);
    CHECK(rules.shape == verify::HeaderShape::bare);
    CHECK(rules.body == verify::BodyForm::raw);
    CHECK(rules.text.empty());
    CHECK(rules.time.in == verify::TimeRules::In::none);
}

TEST_CASE("every knob of a MAC is read") {
    const auto file = file_of(
        "{header: x-s, algorithm: sha512, key: whsec, form: list, signature: v1, encoding: base64,\n"
        "  text: '{id}.{time}.{body}', id: {header: x-id}, time: {header: x-t, unit: ms, tolerance: 30m}}");
    const verify::SchemeRules& rules = file->definition().rules;
    CHECK(rules.algorithm == verify::Algorithm::sha512);
    CHECK(rules.key == verify::KeyForm::whsec);
    CHECK(rules.shape == verify::HeaderShape::list);
    CHECK(rules.signature_key == "v1");
    CHECK(rules.encoding == verify::Encoding::base64);
    CHECK(rules.id_header == "x-id");
    CHECK(rules.time.name == "x-t");
    CHECK(rules.time.unit == verify::TimeUnit::milliseconds);
    CHECK(rules.time.tolerance == std::chrono::minutes(30));
    const auto pairs =
        file_of("{header: x-s, form: pairs, signature: s, text: '{body}_{time}', time: {pair: t}}");
    CHECK(pairs->definition().rules.time.in == verify::TimeRules::In::pair);
    const auto both =
        file_of("{header: x-s, prefix: 'sha256=', encoding: [hex, base64], time: {pointer: /a/b}}");
    CHECK(both->definition().rules.encoding == verify::Encoding::hex_or_base64);
    CHECK(both->definition().rules.prefix == "sha256=");
    CHECK(both->definition().rules.time.path.size() == 2);
}

TEST_CASE("tokens and public keys are read") {
    const auto header = file_of("{kind: token, header: Authentication, prefix: 'Basic ', encoding: base64}");
    CHECK(header->definition().rules.kind == verify::Kind::token);
    CHECK(header->definition().rules.encoding == verify::Encoding::base64);
    const auto body = file_of("{kind: token, pointer: /secret_key}");
    CHECK(body->definition().rules.token_path.size() == 1);
    CHECK(body->definition().rules.encoding == verify::Encoding::text);
    const auto key = file_of("{kind: public-key, algorithm: ed25519, key: raw-hex, header: X-S}");
    CHECK(key->definition().rules.public_key == verify::PublicKeyAlgorithm::ed25519);
    CHECK(key->definition().rules.key == verify::KeyForm::raw_hex);
}

TEST_CASE("a signed text without the body is refused: the body would be anybody's") {
    CHECK(one_contains(problems_of("{header: X-S, text: '{time}', time: {header: X-T, unit: s}}"),
                       "2: verify.text: has neither {body} nor {form}: the body would be anybody's"));
}

TEST_CASE("a time that is not signed is refused: anybody could set it") {
    for (const char* time : {"{header: X-T, tolerance: 5m}", "{header: X-T}"}) {
        CHECK(one_contains(problems_of("{header: X-S, time: " + std::string(time) + "}"),
                           "2: verify.time: is not part of the signed text, so anybody could set it"));
    }
    CHECK(one_contains(problems_of("{header: X-S, form: pairs, signature: v1, time: {pair: t}}"),
                       "2: verify.time: is not part of the signed text"));
    CHECK(problems_of("{header: X-S, time: {pointer: /at, tolerance: 5m}}").empty());
}

TEST_CASE("a signed text that could be read in two ways is refused") {
    const auto refused = [](const std::string& text, const std::string& unit = "auto") {
        const bool signs_id = text.find("{id}") != text.npos;
        const bool signs_time = text.find("{time}") != text.npos;
        return one_contains(
            problems_of("{header: X-S, text: '" + text + "'" + (signs_id ? ", id: {header: X-I}" : "") +
                        (signs_time ? ", time: {header: X-T, unit: " + unit + "}" : "") + "}"),
            "has two parts side by side whose border nobody signs");
    };
    // Nothing between a part of any length and the body, or only a part of one length.
    for (const char* text : {"{time}{body}", "{body}{time}", "{id}{body}", "{body}{id}", "{body}{header:X-A}",
                             "{header:X-A}{header:X-B}.{body}", "{id}{method}{body}", "{body}{method}{id}",
                             "{time}1{body}", "{body}1{time}"}) {
        INFO(text);
        CHECK(refused(text));
    }
    for (const char* unit : {"s", "ms", "iso8601"}) {
        CHECK(refused("{id}{time}{body}", unit));
        CHECK(refused("{id}{time}.{body}", unit));
        CHECK(refused("{body}.{time}{id}", unit));
        for (const char* text : {"{time}{body}", "{body}{time}", "{time}1{body}", "{id}.{time}{body}",
                                 "{body}{time}.{id}", "{method}{url}{body}{time}"}) {
            INFO(text << ' ' << unit);
            CHECK_FALSE(refused(text, unit));
        }
    }
    for (const char* text : {"{time}.{body}", "{body}.{time}", "{id}.{time}.{body}", "{body}|{id}",
                             "{url}{form}", "{time}{method}{body}", "v0:{time}:{body}", "{method}{body}"}) {
        INFO(text);
        CHECK_FALSE(refused(text));
    }
}

TEST_CASE("two encodings whose lengths meet are refused") {
    CHECK(one_contains(problems_of("{kind: public-key, algorithm: rsa-pkcs1-sha256, key: pem, header: X-S,\n"
                                   "  encoding: [hex, base64]}"),
                       "3: verify.encoding: names two encodings, whose lengths meet"));
}

TEST_CASE("a header with an underscore is a warning, because nginx drops it") {
    CHECK(problems_of("{header: X_Signature}") ==
          Problems{"2: verify.header: warning: 'X_Signature' has a '_': nginx drops such headers unless "
                   "underscores_in_headers is on"});
}

TEST_CASE("what a token cannot have is refused") {
    for (const char* rest : {"time: {header: X-T}", "text: '{body}'", "body: [raw, stringified]",
                             "algorithm: sha1", "id: {header: X-I}", "key: base64"}) {
        CAPTURE(rest);
        CHECK(one_contains(
            problems_of("{kind: token, header: X-S, " + std::string(rest) + "}"),
            "has no meaning with kind: token, which proves the sender and nothing of what was sent"));
    }
}

TEST_CASE("a prefix that ends as a signature begins is a warning") {
    CHECK(one_contains(problems_of("{header: X-S, prefix: sha256}"), "warning: ends in a letter or digit"));
    CHECK(problems_of("{header: X-S, prefix: 'sha256='}").empty());
}

TEST_CASE("a form has no JSON.stringify form") {
    CHECK(one_contains(problems_of("{header: X-S, text: '{url}{form}', body: [raw, stringified]}"),
                       "has {form}, which has no JSON.stringify form"));
}

TEST_CASE("what is missing or contradicts is an error with its line and the fix") {
    for (const auto& [verify, problem] : {
             std::pair("{}", "write the header with the signature, as in header: X-Signature"),
             std::pair(
                 "{kind: token}",
                 "write the header with the token, as in header: X-Token, or the place in the body where it "
                 "stands, as in pointer: /token"),
             std::pair("{header: X-S, text: '{body}{body}'}", "verify.text: has {body} twice; take one out"),
             std::pair("{header: X-S, text: '{body}.{body}'}", "verify.text: has {body} twice; take one out"),
             std::pair("{header: X-S, text: '{url}{form}{form}'}", "verify.text: has {form} twice"),
             std::pair("{header: X-S, form: pairs}", "write the key whose values are signatures"),
             std::pair("{header: X-S, signature: v1}", "has a meaning with form: pairs or list only"),
             std::pair("{header: X-S, form: list, signature: v1, prefix: 'a='}",
                       "has a meaning with form: bare only"),
             std::pair("{header: X-S, text: '{id}.{body}'}", "has {id}: say where it stands"),
             std::pair("{header: X-S, text: '{time}.{body}'}", "has {time}: say where it stands"),
             std::pair("{header: X-S, id: {header: X-I}}", "is not part of the signed text"),
             std::pair("{header: X-S, time: {header: X-T, pair: t}}", "one of header, pair and pointer"),
             std::pair("{header: X-S, text: '{time}.{body}', time: {pair: t}}", "needs form: pairs"),
             std::pair("{header: X-S, pointer: /a}", "has a meaning with kind: token only"),
             std::pair("{kind: token, header: X-S, pointer: /a}", "header and pointer both stand here"),
             std::pair("{kind: token, pointer: a}", "verify.pointer: 'a' "),
             std::pair("{header: 'X S'}", "is not the name of a header"),
             std::pair("{header: X-S, body: stringified}", "must be raw, or [raw, stringified]"),
             std::pair("{header: X-S, algorithm: md5}", "md5"),
             std::pair("{kind: public-key, header: X-S}",
                       "write ed25519, ecdsa-p256-sha256 or rsa-pkcs1-sha256"),
             std::pair("{kind: public-key, algorithm: rsa-pkcs1-sha256, key: raw-hex, header: X-S}",
                       "raw-hex is for ed25519 only"),
             std::pair("{header: X-S, hashing: sha256}", "unknown key"),
         }) {
        CAPTURE(verify);
        CHECK(one_contains(problems_of(verify), problem));
    }
}
