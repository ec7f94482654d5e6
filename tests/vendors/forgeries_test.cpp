#include "vendors/forgeries.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "vendors/catalog.hpp"

namespace chathook::vendors {
namespace {

using test::Attempt;
using test::Manner;
using test::Proof;
using test::Signer;

constexpr Instant now{test::sent_at};
constexpr std::size_t forgeries_min = 3000;

// The manners whose vendors are in the catalog.
std::vector<Manner> manners_of_catalog() {
    std::vector<Manner> manners;
    std::ranges::copy_if(test::manners, std::back_inserter(manners),
                         [](const Manner& manner) { return find_vendor(manner.vendor) != nullptr; });
    return manners;
}

std::unique_ptr<verify::Vendor> make(const Manner& manner) {
    VendorSettings settings;
    const auto add = [&](Signer signer, std::optional<Instant> not_after) {
        settings.secrets.push_back({SecretBytes(test::secret_text(manner, signer)), not_after});
    };
    add(Signer::live, std::nullopt);
    add(Signer::expired, now);  // from this instant on
    add(Signer::next, now + std::chrono::hours(1));
    settings.public_url = test::preset_url;
    return make_vendor(manner.vendor, std::move(settings));
}

std::vector<std::string> sample_bodies(const verify::Vendor& vendor) {
    std::vector<std::string> bodies;
    for (const Sample& sample : vendor.definition().samples) bodies.emplace_back(sample.body);
    return bodies;
}

// The body with blanks behind it, so that its MAC contains both characters that base64url replaces.
std::string with_both_characters(const Manner& manner, std::string body) {
    if (manner.proof != Proof::mac) return body;
    const auto plain = [&] {
        return test::base64(test::sign_text(manner, test::filled(manner.text, body, test::stamp_of(manner))));
    };
    while (plain().find('+') == std::string::npos || plain().find('/') == std::string::npos) body += ' ';
    return body;
}

void forge(const verify::Vendor& vendor, const Manner& manner, const test::Try& attempt) {
    const std::vector<std::string> bodies = sample_bodies(vendor);
    const std::string& body = bodies.front();
    if (manner.proof == Proof::token_in_body) return test::forged_tokens(manner, body, attempt);
    test::forged_texts(manner, with_both_characters(manner, body), attempt);
    test::forged_headers(manner, body, attempt);
    if (manner.proof == Proof::token) return test::forged_secrets(manner, body, attempt);
    if (manner.proof == Proof::public_key) test::forged_keys(manner, body, attempt);
    test::forged_forms(manner, attempt);
    test::forged_stamps(manner, body, attempt);
    test::forged_requests(manner, body, attempt);
    if (manner.timed()) test::forged_times(manner, body, attempt);
    if (manner.proof == Proof::mac) test::forged_secrets(manner, body, attempt);
    // Making and checking a signature of a public key takes a thousand times as long as a MAC.
    const std::size_t samples = manner.proof == Proof::public_key ? 1 : bodies.size();
    for (std::size_t i = 0; i < samples; ++i) test::forged_bodies(manner, bodies[i], attempt);
}

// The reason of the refusal; nullopt if the request is accepted.
std::optional<Errc> refusal(const verify::Vendor& vendor, const Attempt& attempt, Instant at = now) {
    std::vector<Field> fields;
    for (const SignedHeader& header : attempt.headers) fields.push_back({header.name, header.value});
    const Request request{
        .method = attempt.method, .path = "/webhook", .fields = fields, .body = attempt.body};
    const Result<Verified> verified = vendor.verify(request, at);
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

// As printable text; bodies are long.
std::string describe(const Attempt& attempt) {
    constexpr std::size_t body_shown = 200;
    std::string raw(attempt.what);
    raw.append("\n").append(attempt.method);
    for (const SignedHeader& header : attempt.headers) raw += "\n" + header.name + ": " + header.value;
    raw.append("\n\n").append(attempt.body.substr(0, body_shown));
    std::string text;
    for (const char c : raw) {
        const bool printable = c == '\n' || (c >= ' ' && c <= '~');
        text += printable ? std::string(1, c) : "\\x" + test::hex({&c, 1});
    }
    return text;
}

}  // namespace

TEST_CASE("the forgeries cover every vendor of the catalog") {
    for (const std::string_view name : vendor_names()) {
        INFO("tests/vendors/manners.hpp: write one manner for " << name
                                                                << ", from the vendor's documentation");
        CHECK(std::ranges::count(test::manners, name, &Manner::vendor) == 1);
    }
    for (const Manner& manner : manners_of_catalog()) {
        CAPTURE(manner.vendor);
        const auto vendor = make(manner);
        REQUIRE(vendor != nullptr);
        CHECK(test::upper(vendor->rules().header) == test::upper(manner.header));
        CHECK(vendor->rules().signs_time() == manner.timed());
    }
}

TEST_CASE("a genuine signature is accepted in every documented form") {
    for (const Manner& manner : manners_of_catalog()) {
        CAPTURE(manner.vendor);
        const auto vendor = make(manner);
        for (const std::string& body : sample_bodies(*vendor)) {
            std::size_t accepted = 0;
            test::genuine_attempts(manner, body, [&](const Attempt& attempt) {
                const bool refused = refusal(*vendor, attempt).has_value();
                if (refused) UNSCOPED_INFO(describe(attempt));
                CHECK_FALSE(refused);
                accepted += !refused;
            });
            CHECK(accepted >= 5);
        }
    }
}

TEST_CASE("none of thousands of forged signatures is accepted, and all are refused with the same answer") {
    for (const Manner& manner : manners_of_catalog()) {
        CAPTURE(manner.vendor);
        const auto vendor = make(manner);
        const Reply refused = vendor->refused();
        std::size_t attempts = 0, believed = 0, answered_otherwise = 0;
        std::set<std::string> kinds;  // of those that were believed; one of each is told
        forge(*vendor, manner, [&](const Attempt& attempt) {
            ++attempts;
            const std::optional<Errc> why = refusal(*vendor, attempt);
            if (why) {
                answered_otherwise += !is_signature_error(*why) || !same(vendor->refused(), refused);
                return;
            }
            ++believed;
            if (kinds.emplace(attempt.what).second) UNSCOPED_INFO("believed: " << describe(attempt));
        });
        CHECK(believed == 0);
        std::cout << manner.vendor << ": " << attempts << " forgeries" << std::endl;
        CHECK(attempts >= forgeries_min);
        CHECK(answered_otherwise == 0);
    }
}

TEST_CASE("a secret is valid until the instant of its expiry, and invalid from then on") {
    for (const Manner& manner : manners_of_catalog()) {
        CAPTURE(manner.vendor);
        const auto vendor = make(manner);
        const std::string sample = sample_bodies(*vendor).front();
        const test::Stamp stamp = test::stamp_of(manner);
        std::string body = sample;
        std::vector<SignedHeader> headers;
        if (manner.proof == Proof::token_in_body) {
            body = test::body_with_token(sample, test::as_json(test::expired_secret));
        } else {
            const std::string text = test::filled(manner.text, body, stamp);
            const std::string proof = test::sign_text(manner, text, Signer::expired);
            const std::string mac = test::writings(manner, proof).front();
            headers = test::headers_with(manner, test::value_with(manner, mac, stamp.time), stamp);
        }
        const Attempt attempt{.what = "an expired secret", .body = body, .headers = headers};
        CHECK_FALSE(refusal(*vendor, attempt, now - std::chrono::microseconds(1)).has_value());
        CHECK(refusal(*vendor, attempt, now).has_value());
    }
}

TEST_CASE("no answer of a vendor proves a request, as a signature or as a part of one") {
    for (const Manner& manner : manners_of_catalog()) {
        CAPTURE(manner.vendor);
        const auto vendor = make(manner);
        const test::Stamp stamp = test::stamp_of(manner);
        for (const Reply& reply : {vendor->accepted(), vendor->refused()}) {
            std::vector<std::string> bodies = sample_bodies(*vendor);
            if (manner.proof == Proof::token_in_body) {
                bodies.push_back(test::body_with_token(bodies.front(), test::as_json(reply.body)));
            }
            bodies.push_back(reply.body);
            for (const std::string& value : {reply.body, test::value_with(manner, reply.body, stamp.time)}) {
                const auto headers = test::headers_with(manner, value, stamp);
                for (const std::string& body : bodies) {
                    CHECK(refusal(*vendor, {.what = "an answer", .body = body, .headers = headers}));
                }
            }
        }
    }
}

}  // namespace chathook::vendors
