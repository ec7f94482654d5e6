// Schemes of known platforms, with the vectors that they publish, for the tests of this room.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "verify/scheme.hpp"
#include "verify/sent.hpp"

namespace chathook::test {

using verify::Algorithm;
using verify::Encoding;
using verify::HeaderShape;
using verify::KeyForm;
using verify::SchemeRules;
using verify::TextPart;
using verify::TimeUnit;
using In = verify::TimeRules::In;
using Part = verify::TextPart::Kind;

inline VendorSettings given(std::string_view secret, std::string url = "") {
    VendorSettings made = settings({{secret}});
    made.public_url = std::move(url);
    return made;
}

inline Instant at_second(long long second) { return Instant(std::chrono::seconds(second)); }

// nullopt: accepted.
inline std::optional<Errc> verdict(const SchemeRules& rules, const VendorSettings& with, Sent sent,
                                   Instant now) {
    const auto verified = verify::Scheme(rules, with).verify(sent.request(), now);
    if (verified.has_value()) return std::nullopt;
    return verified.error();
}

inline constexpr TextPart id_time_body[] = {
    {Part::id}, {Part::literal, "."}, {Part::time}, {Part::literal, "."}, {Part::body}};
inline constexpr SchemeRules standard_webhooks{
    .header = "webhook-signature",
    .key = KeyForm::whsec,
    .encoding = Encoding::base64,
    .shape = HeaderShape::list,
    .signature_key = "v1",
    .text = id_time_body,
    .id_header = "webhook-id",
    .time = {.in = In::header, .name = "webhook-timestamp", .unit = TimeUnit::seconds}};
inline constexpr std::string_view standard_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
inline constexpr std::string_view standard_body = R"({"test": 2432232314})";
inline constexpr std::string_view standard_mac = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

// The vector of the libraries' own tests, with this value of the signature header.
inline Sent standard(std::string signature) {
    Sent sent{std::string(standard_body)};
    sent.with("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek").with("webhook-timestamp", "1614265330");
    sent.with("webhook-signature", std::move(signature));
    return sent;
}

inline std::optional<Errc> standard_verdict(std::string signature, Instant now = at_second(1614265330)) {
    return verdict(standard_webhooks, given(standard_secret), standard(std::move(signature)), now);
}

inline constexpr TextPart slack_text[] = {
    {Part::literal, "v0:"}, {Part::time}, {Part::literal, ":"}, {Part::body}};
inline constexpr SchemeRules slack{
    .header = "X-Slack-Signature",
    .prefix = "v0=",
    .text = slack_text,
    .time = {.in = In::header, .name = "X-Slack-Request-Timestamp", .unit = TimeUnit::seconds}};

inline constexpr TextPart body_time[] = {{Part::body}, {Part::time}};
inline constexpr SchemeRules retell{.header = "x-retell-signature",
                                    .shape = HeaderShape::pairs,
                                    .signature_key = "d",
                                    .text = body_time,
                                    .time = {.in = In::pair, .name = "v", .unit = TimeUnit::milliseconds}};

inline constexpr TextPart time_body[] = {{Part::time}, {Part::body}};
inline constexpr SchemeRules zendesk{
    .header = "X-Zendesk-Webhook-Signature",
    .encoding = Encoding::base64,
    .text = time_body,
    .time = {.in = In::header, .name = "X-Zendesk-Webhook-Signature-Timestamp", .unit = TimeUnit::iso8601}};

inline constexpr TextPart url_form[] = {{Part::url}, {Part::form}};
inline constexpr SchemeRules twilio{.header = "X-Twilio-Signature",
                                    .algorithm = Algorithm::sha1,
                                    .encoding = Encoding::base64,
                                    .text = url_form};
inline constexpr std::string_view twilio_url = "https://mycompany.com/myapp.php?foo=1&bar=2";
inline constexpr std::string_view twilio_body =
    "Digits=1234&CallSid=CA1234567890ABCDE&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309";
inline constexpr std::string_view twilio_mac = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

}  // namespace chathook::test
