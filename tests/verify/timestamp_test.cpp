#include "verify/timestamp.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string_view>

using namespace chathook;
using namespace chathook::verify;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

TEST_CASE("a time is read as seconds, and from 100000000000 up as milliseconds") {
    CHECK(parse_timestamp("1492774577") == Instant(1492774577s));
    CHECK(parse_timestamp("1492774577123") == Instant(1492774577123ms));
    CHECK(parse_timestamp("0") == Instant(0s));
    CHECK(parse_timestamp("99999999999") == Instant(99999999999s));
    CHECK(parse_timestamp("100000000000") == Instant(100000000000ms));
    CHECK(parse_timestamp("9999999999999") == Instant(9999999999999ms));
}

TEST_CASE("anything but one to thirteen digits is rejected as a time") {
    for (const std::string_view text :
         {""sv, "-1"sv, "+1"sv, " 1"sv, "1 "sv, "1.0"sv, "1e9"sv, "0x1"sv, "1a"sv, "14927745771234"sv,
          "00000000000001"sv, "\xD9\xA1"sv, "1\0"sv, "2017-04-21T11:36:17Z"sv}) {
        CAPTURE(text);
        CHECK(parse_timestamp(text) == std::nullopt);
    }
}

TEST_CASE("a unit has one length, so that time and body without a separator are one text only") {
    for (const auto& [text, unit] :
         {std::pair("1614265330", TimeUnit::seconds), std::pair("1614265330000", TimeUnit::milliseconds)}) {
        CHECK(parse_time(text, unit) == Instant(1614265330s));
        CHECK_FALSE(parse_time("0" + std::string(text), unit));
        CHECK_FALSE(parse_time(std::string(text).substr(1), unit));
        CHECK_FALSE(parse_time("+" + std::string(text).substr(1), unit));
    }
    CHECK(parse_time("2021-02-25T15:02:10Z", TimeUnit::iso8601) == Instant(1614265330s));
    CHECK_FALSE(parse_time("1614265330", TimeUnit::iso8601));
    CHECK_FALSE(parse_time("2021-02-25T15:02:10", TimeUnit::iso8601));
}
