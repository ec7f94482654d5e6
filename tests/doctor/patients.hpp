// Wrongly signed requests for the doctor's tests: four senders, one secret, and helpers to read a diagnosis.
// One thread.
#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/doctor.hpp"
#include "verify/encoding.hpp"
#include "verify/sent.hpp"

namespace chathook::test {

inline constexpr std::array vendors{
    VendorDefinition{.name = "plain",
                     .rules = {.header = "X-Plain-Signature", .encoding = verify::Encoding::hex_or_base64}},
    VendorDefinition{.name = "labelled", .rules = {.header = "X-Labelled-Signature", .prefix = "sha256="}},
    VendorDefinition{.name = "short",
                     .rules = {.header = "X-Short-Signature",
                               .algorithm = verify::Algorithm::sha1,
                               .body = verify::BodyForm::raw_or_stringified}},
    VendorDefinition{.name = "timed",
                     .rules = {.header = "X-Timed-Signature",
                               .shape = verify::HeaderShape::pairs,
                               .signature_key = "v1",
                               .text = verify::time_dot_body,
                               .body = verify::BodyForm::raw_or_stringified,
                               .time = {.in = verify::TimeRules::In::pair, .name = "t"}}},
};

inline const VendorDefinition& vendor_named(std::string_view name) {
    return *std::ranges::find(vendors, name, &VendorDefinition::name);
}

inline constexpr std::string_view given_secret = "a secret of some length";
inline constexpr std::string_view now_text = "1700000000";  // test::now

inline verify::Mac mac_of(std::string_view text, std::string_view secret = given_secret,
                          verify::Algorithm algorithm = verify::Algorithm::sha256) {
    return verify::HmacKey(algorithm, secret).mac({text});
}

inline std::string hex_mac(std::string_view text, std::string_view secret = given_secret) {
    return verify::encode_hex(mac_of(text, secret).view());
}

inline std::string sha1_mac(std::string_view text, std::string_view secret = given_secret) {
    return verify::encode_hex(mac_of(text, secret, verify::Algorithm::sha1).view());
}

inline doctor::Diagnosis diagnose(std::string_view vendor, Sent sent,
                                  std::vector<std::string_view> secrets = {given_secret}) {
    VendorSettings settings;
    for (const std::string_view secret : secrets) settings.secrets.push_back({SecretBytes(secret), {}});
    const Request& request = sent.request();
    return doctor::diagnose({vendor_named(vendor), vendors, settings, request, now});
}

// "header ok, form ok, ...": the outcomes in one line.
inline std::string outcomes(const doctor::Diagnosis& diagnosis) {
    std::string line;
    for (const doctor::Finding& finding : diagnosis.findings) {
        const std::string_view outcome = finding.outcome == doctor::Outcome::ok      ? "ok"
                                         : finding.outcome == doctor::Outcome::wrong ? "wrong"
                                                                                     : "?";
        line += (line.empty() ? "" : ", ") + std::string(finding.part) + ' ' + std::string(outcome);
    }
    return line;
}

inline const doctor::Finding& finding(const doctor::Diagnosis& diagnosis, std::string_view part) {
    const auto found = std::ranges::find(diagnosis.findings, part, &doctor::Finding::part);
    REQUIRE(found != diagnosis.findings.end());
    return *found;
}

// The names of all causes: "body:newline-added+secret:trimmed".
inline std::string causes(const doctor::Diagnosis& diagnosis) {
    std::string line;
    for (const doctor::Cause& cause : diagnosis.causes) {
        if (!line.empty()) line += " | ";
        for (const std::string& name : cause.names) line += (&name == &cause.names[0] ? "" : "+") + name;
    }
    return line;
}

// All texts of a diagnosis.
inline std::string all_texts(const doctor::Diagnosis& diagnosis) {
    std::string all;
    for (const auto& [part, outcome, text, hint] : diagnosis.findings) all += text + '\n' + hint + '\n';
    for (const doctor::Cause& cause : diagnosis.causes) {
        all += cause.text + '\n';
        for (const std::string& hint : cause.hints) all += hint + '\n';
    }
    return all;
}

}  // namespace chathook::test
