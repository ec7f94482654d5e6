// A request as a sender would make it, in memory, and the rules of the schemes used in the tests.
#pragma once

#include <chathook/request.hpp>
#include <chathook/secret.hpp>
#include <chathook/vendor.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verify/scheme.hpp"

namespace chathook::test {

inline constexpr Instant now{std::chrono::seconds(1'700'000'000)};

inline constexpr verify::SchemeRules plain{.header = "x-signature",
                                           .encoding = verify::Encoding::hex_or_base64};
inline constexpr verify::SchemeRules prefixed{.header = "X-Signature", .prefix = "sha256="};
inline constexpr verify::SchemeRules sha1_stringified{.header = "x-signature",
                                                      .algorithm = verify::Algorithm::sha1,
                                                      .body = verify::BodyForm::raw_or_stringified};
inline constexpr verify::SchemeRules timed{.header = "X-Webhook-Signature",
                                           .shape = verify::HeaderShape::pairs,
                                           .signature_key = "v1",
                                           .text = verify::time_dot_body,
                                           .body = verify::BodyForm::raw_or_stringified,
                                           .time = {.in = verify::TimeRules::In::pair, .name = "t"}};

struct Named {
    std::string_view secret;
    std::optional<Instant> not_after = {};
};

inline VendorSettings settings(std::initializer_list<Named> secrets) {
    VendorSettings made;
    for (const Named& named : secrets) {
        made.secrets.push_back(Secret{SecretBytes(named.secret), named.not_after});
    }
    return made;
}

// Owns the data that a Request only views.
class Sent {
public:
    explicit Sent(std::string body) : body_(std::move(body)) {}

    Sent& with(std::string name, std::string value) {
        headers_.emplace_back(std::move(name), std::move(value));
        return *this;
    }

    Sent& with(const std::vector<SignedHeader>& headers) {
        for (const SignedHeader& header : headers) with(header.name, header.value);
        return *this;
    }

    const Request& request() {
        fields_.clear();
        for (const auto& [name, value] : headers_) fields_.push_back({name, value});
        request_ = {.method = "POST", .path = "/", .fields = fields_, .body = body_, .received = now};
        return request_;
    }

private:
    std::string body_;
    std::vector<std::pair<std::string, std::string>> headers_;
    std::vector<Field> fields_;
    Request request_;
};

// The verdict of a scheme on a body with one header value: nullopt if accepted, otherwise the reason.
inline std::optional<Errc> refusal(const verify::Scheme& scheme, std::string_view body,
                                   std::string_view value) {
    Sent sent{std::string(body)};
    sent.with(std::string(scheme.rules().header), std::string(value));
    const auto verified = scheme.verify(sent.request(), now);
    if (verified.has_value()) return std::nullopt;
    return verified.error();
}

}  // namespace chathook::test
