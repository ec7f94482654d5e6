#include "doctor/doctor.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "doctor/json_forms.hpp"
#include "doctor/patients.hpp"
#include "ecma/stringify.hpp"

namespace chathook::test {
namespace {

using Catch::Matchers::Contains;

constexpr std::string_view body = "{\"name\": \"Zo\u00eb\", \"at\": 1}";
const std::string compact = *ecma::stringify_body(body);

std::string printed(const doctor::JsonStyle& style) {
    return *doctor::print_json(*JsonDocument::parse(body), style);
}

Sent request(std::string sent_body) {
    const std::string length = std::to_string(sent_body.size());
    Sent sent(std::move(sent_body));
    sent.with("Content-Length", length);
    return sent;
}

// A body sent to "labelled", with a MAC over `text` under `secret`.
Sent labelled(std::string_view text, std::string_view secret = given_secret,
              std::string_view sent_body = body) {
    Sent sent = request(std::string(sent_body));
    sent.with("X-Labelled-Signature", "sha256=" + hex_mac(text, secret));
    return sent;
}

std::string joined(std::string_view left, std::string_view right) { return std::string(left).append(right); }

}  // namespace

TEST_CASE("a genuine request of every vendor is ok in every part") {
    const std::pair<std::string_view, std::string> genuine[] = {
        {"plain", hex_mac(body)},
        {"labelled", "sha256=" + hex_mac(body)},
        {"short", sha1_mac(body)},
        {"short", sha1_mac(compact)},
        {"timed", "t=1700000000,v1=" + hex_mac(joined("1700000000.", body))},
        {"timed", "t=1700000000000,v1=" + hex_mac("1700000000000." + compact)}};
    for (const auto& [vendor, value] : genuine) {
        CAPTURE(vendor, value);
        Sent sent = request(std::string(body));
        sent.with(std::string(vendor_named(vendor).rules.header), value);
        const auto diagnosis = diagnose(vendor, sent);
        CHECK_FALSE(diagnosis.refusal);
        CHECK(diagnosis.causes.empty());
        CHECK(outcomes(diagnosis) == (vendor == "timed" ? "header ok, form ok, time ok, body ok, signature ok"
                                                        : "header ok, form ok, body ok, signature ok"));
    }
}

TEST_CASE(
    "the JSON.stringify form is ok if the vendor may sign it, even if another change gives the same text") {
    Sent sent = request("{}\n");
    const auto diagnosis = diagnose("short", sent.with("X-Short-Signature", sha1_mac("{}")));
    CHECK_FALSE(diagnosis.refusal);
    CHECK_THAT(finding(diagnosis, "signature").text, Contains("over the body's JSON.stringify form"));
    CHECK(finding(diagnosis, "signature").outcome == doctor::Outcome::ok);
    CHECK(causes(diagnose("labelled", labelled("{}", given_secret, "{}\n"))) == "body:newline-removed");
}

TEST_CASE("a signature with an unknown secret has no common cause") {
    for (const std::string_view secret : {"another secret", "A secret of some length", "x"}) {
        const auto diagnosis = diagnose("labelled", labelled(body, secret));
        CHECK(diagnosis.refusal == Errc::wrong_signature);
        CHECK(outcomes(diagnosis) == "header ok, form ok, body ok, signature wrong");
        CHECK(causes(diagnosis).empty());
        CHECK_THAT(finding(diagnosis, "signature").text, Contains("no usual cause matches"));
        CHECK_THAT(finding(diagnosis, "signature").hint, Contains("another secret"));
    }
}

TEST_CASE("the change between the signed and the sent body is named") {
    const std::pair<std::string, std::string> planted[] = {
        {compact, "body:stringified"},
        {printed({.indent = "  ", .colon = ": ", .javascript = true}), "body:indent-2"},
        {printed({.indent = "    ", .colon = ": ", .javascript = true}), "body:indent-4"},
        {printed({.comma = ", ", .colon = ": ", .ascii = true}), "body:python"},
        {printed({.ascii = true}), "body:python-compact"},
        {printed({.sort_keys = true}), "body:go"},
        {joined(body, "\n"), "body:newline-added"},
        {joined(body, "\r\n"), "body:crlf-added"},
        {joined("\xEF\xBB\xBF", body), "body:bom-added"},
        {"{\"name\": \"Zo\xEB\", \"at\": 1}", "body:utf8-to-latin1"},
        {"{\"name\": \"Zo\u00c3\u00ab\", \"at\": 1}", "body:latin1-to-utf8"},
        {"", "body:empty"},
        {"{}", "body:empty-object"},
        {doctor::quote_json(body), "body:json-string-encoded"}};
    for (const auto& [signed_text, cause] : planted) {
        CAPTURE(cause);
        const auto diagnosis = diagnose("labelled", labelled(signed_text));
        CHECK(diagnosis.refusal == Errc::wrong_signature);
        CHECK(causes(diagnosis) == cause);
        CHECK(outcomes(diagnosis) == "header ok, form ok, body ok, signature wrong");
        CHECK(diagnosis.causes.at(0).hints.size() == 1);
    }
}

TEST_CASE("the opposite change of a body is named, too") {
    const std::pair<std::string, std::string> planted[] = {
        {joined(body, "\n"), "body:newline-removed"},
        {joined(body, "\r\n"), "body:newline-removed"},
        {joined(" ", body), "body:trimmed"},
        {joined("\xEF\xBB\xBF", body), "body:bom-removed"},
        {doctor::quote_json(body), "body:json-string-decoded"}};
    for (const auto& [sent_body, cause] : planted) {
        CAPTURE(cause);
        CHECK(causes(diagnose("labelled", labelled(body, given_secret, sent_body))) == cause);
    }
    CHECK(causes(diagnose("labelled", labelled("[1,\n2]", given_secret, "[1,\r\n2]"))) == "body:crlf-to-lf");
    CHECK(causes(diagnose("labelled", labelled("[1,\r\n2]", given_secret, "[1,\n2]"))) == "body:lf-to-crlf");
}

TEST_CASE("a mistaken secret is named, alone and together with a changed body") {
    const std::pair<std::string_view, std::string_view> planted[] = {
        {"a secret of some length\n", "secret:trimmed"},
        {" a secret of some length", "secret:trimmed"},
        {"\"a secret of some length\"", "secret:unquoted"},
        {"YSBzZWNyZXQgb2Ygc29tZSBsZW5ndGg=", "secret:base64-decoded"},
        {"6120736563726574206f6620736f6d65206c656e677468", "secret:hex-decoded"},
        {"whsec_a secret of some length", "secret:whsec-stripped"},
        {"whsec_YSBzZWNyZXQgb2Ygc29tZSBsZW5ndGg=", "secret:whsec-stripped-base64-decoded"}};
    for (const auto& [given, cause] : planted) {
        CAPTURE(cause);
        CHECK(causes(diagnose("labelled", labelled(body), {given})) == cause);
        CHECK(causes(diagnose("labelled", labelled(compact), {given})) ==
              "body:stringified+" + std::string(cause));
    }
    CHECK(causes(diagnose("labelled", labelled(body, "a secret of some length\n"))) ==
          "secret:newline-added");
}

TEST_CASE("of several secrets the matching one is named by its number") {
    const auto diagnosis = diagnose("labelled", labelled(body), {"a new secret", given_secret});
    CHECK_FALSE(diagnosis.refusal);
    CHECK_THAT(finding(diagnosis, "signature").text, Contains("secret 2 of 2"));
    const auto meant = diagnose("labelled", labelled(body), {"a new secret", "a secret of some length "});
    CHECK(causes(meant) == "secret:trimmed");
    CHECK_THAT(meant.causes.at(0).text, Contains("secret 2 of 2"));
}

TEST_CASE("an unexpected or missing time in the signed text is named") {
    Sent sent = labelled(joined("1700000000.", body));
    sent.with("X-Labelled-Timestamp", "1700000000");
    CHECK(causes(diagnose("labelled", sent)) == "text:time-signed");

    Sent standard = labelled(joined("msg_1.1700000000.", body));
    standard.with("webhook-id", "msg_1").with("webhook-timestamp", "1700000000");
    CHECK(causes(diagnose("labelled", standard)) == "text:standard-webhooks");

    Sent untimed = request(std::string(body));
    untimed.with("X-Timed-Signature", "t=1700000000,v1=" + hex_mac(body));
    CHECK(causes(diagnose("timed", untimed)) == "text:time-not-signed");

    Sent stuck = request(std::string(body));
    stuck.with("X-Timed-Signature", "t=1700000000,v1=" + hex_mac(joined("1700000000", compact)));
    CHECK(causes(diagnose("timed", stuck)) == "text:time-without-full-stop");
}

TEST_CASE("a valid MAC in a wrong form fails only in its form") {
    const std::string base64 = verify::encode_base64(mac_of(body).view());
    for (const std::string& value :
         {hex_mac(body), "sha256=" + base64, "sha1=" + sha1_mac(body), sha1_mac(body),
          "SHA256=" + hex_mac(body), "\"sha256=" + hex_mac(body) + "\""}) {
        CAPTURE(value);
        Sent sent = request(std::string(body));
        const auto diagnosis = diagnose("labelled", sent.with("X-Labelled-Signature", value));
        CHECK(diagnosis.refusal == Errc::malformed_signature);
        CHECK(outcomes(diagnosis) == "header ok, form wrong, body ok, signature ok");
        CHECK(diagnosis.causes.empty());
    }
}

TEST_CASE("the signature of another vendor is recognised") {
    Sent sent = request(std::string(body));
    sent.with("X-Timed-Signature", "t=1700000000,v1=" + hex_mac(joined("1700000000.", body)));
    const auto diagnosis = diagnose("plain", sent);
    CHECK(diagnosis.refusal == Errc::missing_signature);
    CHECK(outcomes(diagnosis) == "header wrong, form ok, body ok, signature ok");
    CHECK_THAT(finding(diagnosis, "header").hint, Contains("--vendor timed"));
    CHECK_THAT(finding(diagnosis, "signature").text, Contains("as timed signs"));
}

TEST_CASE("a stale time is wrong although its signature is ok") {
    Sent sent = request(std::string(body));
    sent.with("X-Timed-Signature", "t=1699990000,v1=" + hex_mac(joined("1699990000.", body)));
    const auto diagnosis = diagnose("timed", sent);
    CHECK(diagnosis.refusal == Errc::stale_timestamp);
    CHECK(outcomes(diagnosis) == "header ok, form ok, time wrong, body ok, signature ok");
}

TEST_CASE("a request without a readable signature has no verdict on its signature") {
    CHECK(outcomes(diagnose("labelled", request("{}"))) == "header wrong, form ?, body ok, signature ?");
    Sent sent = request("{}");
    sent.with("X-Labelled-Signature", "nonsense");
    CHECK(outcomes(diagnose("labelled", sent)) == "header ok, form wrong, body ok, signature ?");
}

TEST_CASE("a compressed body is refused even if its signature is ok") {
    Sent sent = labelled(body);
    sent.with("Content-Encoding", "gzip");
    const auto diagnosis = diagnose("labelled", sent);
    CHECK(diagnosis.refusal == Errc::unsupported_encoding);
    CHECK(outcomes(diagnosis) == "header ok, form ok, body wrong, signature ok");
}

TEST_CASE("the doctor finds every part ok exactly for the requests that would be accepted") {
    std::mt19937 random(20261121);
    const auto pick = [&](const auto& list) { return list[random() % list.size()]; };
    const std::vector<std::string> before{
        "", "sha256=", "t=1700000000,v1=", "t=1,v1=", "t=1700000000,", "v1=", "\"", "sha1=", " ", ",,"};
    const std::vector<std::string> after{"", "", "", "=", "zz", "\"", ",v1=0", "\xFF"};
    const std::vector<std::string> bodies{"",        "{}", "{ }", "{}\n", "\xFF", "\"{}\"", "\xEF\xBB\xBF{}",
                                          "{\"a\":1"};
    std::size_t accepted = 0;
    for (int round = 0; round < 1500; ++round) {
        const VendorDefinition& vendor = vendors[random() % vendors.size()];
        const std::string sent_body = pick(bodies);
        const std::string text = pick(std::vector<std::string>{"", "1700000000."}) +
                                 (random() % 2 == 0 ? sent_body : pick(bodies));
        const std::vector<std::string> macs{hex_mac(text), sha1_mac(text), hex_mac(text),
                                            hex_mac(text).substr(1)};
        Sent sent(sent_body);
        std::string sent_headers;
        for (std::size_t headers = random() % 8 == 0 ? random() % 3 : 1; headers > 0; --headers) {
            const std::string genuine = vendor.name == "timed" ? before[2] : std::string(vendor.rules.prefix);
            const std::string value = (random() % 2 == 0 ? genuine : pick(before)) + pick(macs) +
                                      (random() % 2 == 0 ? "" : pick(after));
            const auto& named = random() % 8 == 0 ? vendors[random() % vendors.size()] : vendor;
            sent.with(std::string(named.rules.header), value);
            sent_headers.append(named.rules.header).append(": " + value + '\n');
        }
        CAPTURE(vendor.name, sent_body, sent_headers);
        const auto diagnosis = diagnose(vendor.name, sent);
        const bool all_right = std::ranges::none_of(diagnosis.findings, [](const doctor::Finding& finding) {
            return finding.part != "body" && finding.outcome != doctor::Outcome::ok;
        });
        CHECK(all_right == !diagnosis.refusal.has_value());
        accepted += all_right ? 1 : 0;
    }
    CHECK(accepted > 50);
}

TEST_CASE("the doctor never repeats a secret or a MAC") {
    const std::string wanted = hex_mac(body);
    const std::string base64 = verify::encode_base64(mac_of(body).view());
    for (const std::string& value :
         {wanted, "sha256=" + wanted, "sha256=" + base64, "t=1,v1=" + wanted, "sha256=" + hex_mac(compact),
          "sha256=" + hex_mac(joined(body, "\n"), "a secret of some length\n"), wanted + "," + wanted}) {
        for (const VendorDefinition& vendor : vendors) {
            CAPTURE(value, vendor.name);
            Sent sent = request(std::string(body));
            sent.with(std::string(vendor.rules.header), value);
            const std::string said = all_texts(diagnose(vendor.name, sent));
            CHECK_FALSE(said.empty());
            CHECK_THAT(said, !Contains("a secret of some length"));
            for (const std::string& mac :
                 {wanted, base64, sha1_mac(body), sha1_mac(compact), hex_mac(compact)}) {
                CHECK_THAT(said, !Contains(mac.substr(0, 16)));
            }
        }
    }
}

TEST_CASE("a right signature under a body for another account is told so") {
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(given_secret), {}});
    settings.expect = {{"/at", "2"}};
    Sent sent = labelled(body);
    const Request& asked = sent.request();
    const auto diagnosis = doctor::diagnose({vendor_named("labelled"), vendors, settings, asked, now});
    CHECK(diagnosis.refusal == Errc::unexpected_account);
    CHECK(outcomes(diagnosis) == "header ok, form ok, body ok, signature ok, account wrong");
    CHECK_THAT(finding(diagnosis, "account").hint, Contains("another source"));
}

}  // namespace chathook::test
