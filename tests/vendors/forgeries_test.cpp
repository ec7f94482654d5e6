#include "vendors/forgeries.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "support/signed_request.hpp"
#include "vendors/catalog.hpp"

namespace chathook::vendors {
namespace {

using test::Attempt;
using test::Attempts;
using test::Manner;

constexpr Instant now{std::chrono::seconds(1'800'000'000)};
constexpr std::size_t forgeries_min = 3000;

std::unique_ptr<verify::Vendor> make(const Manner& manner) {
    VendorSettings settings;
    const auto add = [&](std::string_view secret, std::optional<Instant> not_after) {
        settings.secrets.push_back({SecretBytes(secret), not_after});
    };
    add(test::live_secret, std::nullopt);
    add(test::expired_secret, now);  // from this instant on
    add(test::next_secret, now + std::chrono::hours(1));
    return make_vendor(manner.vendor, std::move(settings));
}

std::vector<std::string> sample_bodies(const verify::Vendor& vendor) {
    std::vector<std::string> bodies;
    for (const Sample& sample : vendor.definition().samples) bodies.emplace_back(sample.body);
    return bodies;
}

void append(Attempts& all, Attempts more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// All misspellings for one body, all other forgeries for every sample of the vendor.
Attempts forgeries(const verify::Vendor& vendor, const Manner& manner) {
    const std::vector<std::string> bodies = sample_bodies(vendor);
    Attempts all = test::forged_texts(manner, bodies.front());
    // A body whose MAC contains both characters that base64url replaces.
    std::string body = bodies.front();
    const auto plain = [&] { return test::base64(test::right_mac(manner, body)); };
    while (plain().find('+') == std::string::npos || plain().find('/') == std::string::npos) body += ' ';
    append(all, test::forged_texts(manner, body));
    append(all, test::forged_forms(manner));
    for (const std::string& sample : bodies) {
        append(all, test::forged_bodies(manner, sample));
        append(all, test::forged_secrets(manner, sample));
        append(all, test::forged_times(manner, sample));
    }
    return all;
}

// The reason of the refusal; nullopt if the request is accepted.
std::optional<Errc> refusal(const verify::Vendor& vendor, const Attempt& attempt) {
    const test::SignedRequest sent(attempt.body, attempt.headers);
    const Result<Verified> verified = vendor.verify(sent.request(), now);
    if (verified.has_value()) return std::nullopt;
    return verified.error();
}

bool is_signature_error(Errc error) {
    constexpr std::array errors{Errc::missing_signature, Errc::repeated_signature, Errc::malformed_signature,
                                Errc::wrong_signature, Errc::stale_timestamp};
    return std::find(errors.begin(), errors.end(), error) != errors.end();
}

bool same(const Reply& left, const Reply& right) {
    return left.status == right.status && left.content_type == right.content_type &&
           left.body == right.body && left.allow == right.allow && left.retry_after == right.retry_after &&
           left.close == right.close && left.stream == right.stream;
}

}  // namespace

TEST_CASE("the forgeries cover every vendor of the catalog") {
    REQUIRE(test::manners.size() == vendor_names().size());
    for (const Manner& manner : test::manners) {
        const auto vendor = make(manner);
        REQUIRE(vendor != nullptr);
        CHECK(vendor->rules().header == manner.header);
        CHECK(vendor->rules().signs_time() == manner.timed);
    }
}

TEST_CASE("a genuine signature is accepted in every documented form") {
    for (const Manner& manner : test::manners) {
        CAPTURE(manner.vendor);
        const auto vendor = make(manner);
        for (const std::string& body : sample_bodies(*vendor)) {
            for (const Attempt& attempt : test::genuine_attempts(manner, body)) {
                CAPTURE(attempt.what);
                CHECK_FALSE(refusal(*vendor, attempt).has_value());
            }
        }
    }
}

TEST_CASE("none of thousands of forged signatures is accepted, and all are refused with the same answer") {
    for (const Manner& manner : test::manners) {
        CAPTURE(manner.vendor);
        const auto vendor = make(manner);
        const Reply refused = vendor->refused();
        const Attempts attempts = forgeries(*vendor, manner);
        std::cout << manner.vendor << ": " << attempts.size() << " forgeries" << std::endl;
        CHECK(attempts.size() >= forgeries_min);
        std::size_t believed = 0, answered_otherwise = 0;
        for (const Attempt& attempt : attempts) {
            const std::optional<Errc> why = refusal(*vendor, attempt);
            if (why) {
                answered_otherwise += !is_signature_error(*why) || !same(vendor->refused(), refused);
            } else if (++believed <= 5) {
                UNSCOPED_INFO("believed " << attempt.what << "\nbody " << attempt.body);
            }
        }
        CHECK(believed == 0);
        CHECK(answered_otherwise == 0);
    }
}

TEST_CASE("a secret is valid until the instant of its expiry, and invalid from then on") {
    for (const Manner& manner : test::manners) {
        CAPTURE(manner.vendor);
        const auto vendor = make(manner);
        const std::string body = sample_bodies(*vendor).front();
        const std::string mac = test::hex(test::right_mac(manner, body, test::expired_secret));
        const test::SignedRequest sent(body, {{std::string(manner.header), test::value_with(manner, mac)}});
        CHECK(vendor->verify(sent.request(), now - std::chrono::microseconds(1)).has_value());
        CHECK_FALSE(vendor->verify(sent.request(), now).has_value());
    }
}

TEST_CASE("no answer of a vendor proves a request, as a signature or as a part of one") {
    for (const Manner& manner : test::manners) {
        CAPTURE(manner.vendor);
        const auto vendor = make(manner);
        for (const Reply& reply : {vendor->accepted(), vendor->refused()}) {
            for (const std::string& body : sample_bodies(*vendor)) {
                const std::string header(manner.header);
                CHECK(refusal(*vendor, {"an answer", body, {{header, reply.body}}}));
                CHECK(
                    refusal(*vendor, {"an answer", body, {{header, test::value_with(manner, reply.body)}}}));
                CHECK(refusal(*vendor, {"an answer", reply.body, {{header, reply.body}}}));
            }
        }
    }
}

}  // namespace chathook::vendors
