// Checks of vendors that tell a time in the signed body, without signing one of their own. Any thread.
#pragma once

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "vendors/delivered.hpp"

namespace chathook::test {

// The vendor looks at the time in the body only where the source has a timestamp_tolerance.
inline void check_optional_tolerance(std::string_view name) {
    const std::string body = R"({"event":"none yet","timestamp":"2023-11-14T22:13:20Z","data":{}})";
    const Instant written{std::chrono::seconds(1'700'000'000)};
    const auto refused = [&](std::optional<std::chrono::seconds> tolerance, std::chrono::seconds later) {
        VendorSettings settings = settings_with(vendor_secret);
        settings.timestamp_tolerance = tolerance;
        const auto vendor = vendors::make_vendor(name, std::move(settings));
        const SignedRequest sent(body, vendor->sign(body, "", written));
        const auto claim = vendor->claim(sent.request());
        REQUIRE(claim.has_value());
        CHECK(vendor->claimed_time(*claim, body) == written);
        const auto verified = vendor->verify(sent.request(), written + later);
        return verified.has_error() ? std::optional(verified.error()) : std::nullopt;
    };
    using namespace std::chrono_literals;
    CHECK_FALSE(refused(std::nullopt, 24h * 365));
    CHECK_FALSE(refused(15min, 15min));
    CHECK(refused(15min, 15min + 1s) == Errc::stale_timestamp);
    CHECK(refused(15min, -15min - 1s) == Errc::stale_timestamp);
}

}  // namespace chathook::test
