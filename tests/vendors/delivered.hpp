// Takes a vendor's body through the whole pure part of the flow: signing, verifying, reading, writing.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <chathook/event.hpp>
#include <chathook/vendor.hpp>

#include "normalize/cloud_event.hpp"
#include "support/signed_request.hpp"
#include "vendors/catalog.hpp"

namespace chathook::test {

inline constexpr std::string_view vendor_secret = "a secret of some length";
inline constexpr Instant delivered_at{std::chrono::seconds(1'800'000'000)};

inline std::unique_ptr<verify::Vendor> make(std::string_view name) {
    return vendors::make_vendor(name, settings_with(vendor_secret));
}

// The event made from a genuine `body` with these headers. Throws if its signature is refused.
inline Event deliver(const verify::Vendor& vendor, const std::string& body, std::vector<SignedHeader> headers,
                     std::string_view source = "source") {
    const SignedRequest sent(body, std::move(headers));
    const Result<Verified> verified = vendor.verify(sent.request(), delivered_at);
    if (!verified) throw std::runtime_error("refused: " + std::string(reason_code(verified.error())));
    return *normalize::make_event(vendor.normalize(*verified), *verified, source, vendor.definition().name,
                                  "0193a5f0-7c00-7000-8000-000000000001", delivered_at);
}

inline Event deliver(const verify::Vendor& vendor, const std::string& body,
                     std::string_view source = "source") {
    return deliver(vendor, body, vendor.sign(body, "", delivered_at), source);
}

inline nlohmann::json event_of(const verify::Vendor& vendor, const std::string& body) {
    return nlohmann::json::parse(deliver(vendor, body).text);
}

inline std::string sample(const verify::Vendor& vendor, std::string_view name) {
    for (const Sample& sample : vendor.definition().samples) {
        if (sample.name == name) return std::string(sample.body);
    }
    throw std::out_of_range("no such sample: " + std::string(name));
}

// The fields read from the body: `data` without the body itself.
inline nlohmann::json fields_of(const nlohmann::json& event) {
    nlohmann::json data = event.at("data");
    for (const char* key : {"original", "original_base64", "original_changed"}) data.erase(key);
    return data;
}

}  // namespace chathook::test
