#include "support/clock.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using chathook::Instant;
using chathook::parse_rfc3339;
using chathook::to_rfc3339;

namespace {

Instant at(std::int64_t microseconds) { return Instant{std::chrono::microseconds{microseconds}}; }

}  // namespace

TEST_CASE("a time is written as RFC 3339 in UTC with six digits") {
    CHECK(to_rfc3339(at(0)) == "1970-01-01T00:00:00.000000Z");
    CHECK(to_rfc3339(at(1'795'291'200'123'456)) == "2026-11-21T20:00:00.123456Z");
    CHECK(to_rfc3339(at(951'782'400'000'001)) == "2000-02-29T00:00:00.000001Z");
    CHECK(to_rfc3339(at(-1)) == "1969-12-31T23:59:59.999999Z");
    CHECK(to_rfc3339(at(-62'167'219'200'000'000)) == "0000-01-01T00:00:00.000000Z");
}

TEST_CASE("a time outside the years 0 to 9999 is written as the nearest time within them") {
    CHECK(to_rfc3339(Instant::max()) == "9999-12-31T23:59:59.999999Z");
    CHECK(to_rfc3339(Instant::min()) == "0000-01-01T00:00:00.000000Z");
}

TEST_CASE("a time is appended to the existing text") {
    std::string text = "at ";
    chathook::append_rfc3339(text, at(1));
    CHECK(text == "at 1970-01-01T00:00:00.000001Z");
}

TEST_CASE("all forms of RFC 3339 are parsed") {
    const Instant evening = at(1'795'291'200'000'000);
    CHECK(parse_rfc3339("2026-11-21T20:00:00Z") == evening);
    CHECK(parse_rfc3339("2026-11-21t20:00:00z") == evening);
    CHECK(parse_rfc3339("2026-11-21 20:00:00Z") == evening);
    CHECK(parse_rfc3339("2026-11-21T20:00:00+00:00") == evening);
    CHECK(parse_rfc3339("2026-11-21T20:00:00-00:00") == evening);
    CHECK(parse_rfc3339("2026-11-21T22:30:00+02:30") == evening);
    CHECK(parse_rfc3339("2026-11-21T12:00:00-08:00") == evening);
    CHECK(parse_rfc3339("2026-11-22T19:59:00+23:59") == evening);
    CHECK(parse_rfc3339("2024-02-29T00:00:00Z").has_value());
}

TEST_CASE("any number of fractional digits is accepted and cut off at microseconds") {
    const Instant second = at(1'795'291'200'000'000);
    CHECK(parse_rfc3339("2026-11-21T20:00:00.4Z") == second + 400ms);
    CHECK(parse_rfc3339("2026-11-21T20:00:00.123456Z") == second + 123456us);
    CHECK(parse_rfc3339("2026-11-21T20:00:00.1234569Z") == second + 123456us);
    CHECK(parse_rfc3339("2026-11-21T20:00:00.000000000000000000000000000009Z") == second);
    CHECK(parse_rfc3339("1969-12-31T23:59:59.75Z") == at(-250'000));
}

TEST_CASE("a leap second is accepted only at the end of a UTC day") {
    CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == parse_rfc3339("2017-01-01T00:00:00Z"));
    CHECK(parse_rfc3339("2016-12-31T15:59:60.5-08:00") == parse_rfc3339("2017-01-01T00:00:00.5Z"));
    CHECK_FALSE(parse_rfc3339("2016-12-31T12:00:60Z"));
    CHECK_FALSE(parse_rfc3339("2016-12-31T23:59:60-08:00"));
}

TEST_CASE("text that is not an RFC 3339 time is rejected") {
    for (const auto* text : {"",
                             "now",
                             "2026",
                             "2026-11-21",
                             "2026-11-21T20:00",
                             "2026-11-21T20:00:00",
                             "2026-11-21T20:00:00.Z",
                             "2026-11-21T20:00:00,5Z",
                             "2026-11-21T20:00:00Z ",
                             " 2026-11-21T20:00:00Z",
                             "2026-11-21T20:00:00ZZ",
                             "2026-11-21T20:00:00+0100",
                             "2026-11-21T20:00:00+01",
                             "2026-11-21T20:00:00+1:00",
                             "2026-11-21T20:00:00+24:00",
                             "2026-11-21T20:00:00+01:60",
                             "2026-11-21T20:00:00 Z",
                             "26-11-21T20:00:00Z",
                             "02026-11-21T20:00:00Z",
                             "-026-11-21T20:00:00Z",
                             "2026-1-21T20:00:00Z",
                             "2026-11-21_20:00:00Z",
                             "2026-11-21  20:00:00Z",
                             "2026/11/21T20:00:00Z",
                             "2026-11-21T2:00:00Z",
                             "1795291200"}) {
        INFO(text);
        CHECK_FALSE(parse_rfc3339(text));
    }
}

TEST_CASE("a day or an hour that does not exist is rejected") {
    for (const auto* text :
         {"2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
          "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "1900-02-29T00:00:00Z", "2026-01-01T24:00:00Z",
          "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z"}) {
        INFO(text);
        CHECK_FALSE(parse_rfc3339(text));
    }
}

TEST_CASE("a time survives being written and parsed") {
    for (std::int64_t time = -62'167'219'200'000'000; time < 253'402'300'800'000'000;
         time += 99'999'999'999'937) {
        REQUIRE(parse_rfc3339(to_rfc3339(at(time))) == at(time));
    }
}

TEST_CASE("the wall clock returns the time of the system") {
    const auto before = std::chrono::system_clock::now();
    const Instant now = chathook::now();
    const auto after = std::chrono::system_clock::now();
    CHECK(now >= std::chrono::floor<std::chrono::microseconds>(before));
    CHECK(now <= after);
}

TEST_CASE("the coarse clocks are never ahead, and at most two ticks behind") {
    using namespace std::chrono_literals;
    const auto before = chathook::now();
    const auto about = chathook::about_now();
    CHECK(about <= chathook::now());
    CHECK(before - about <= 20ms);

    const auto steady_before = std::chrono::steady_clock::now();
    const auto about_steady = chathook::about_steady_now();
    CHECK(about_steady <= std::chrono::steady_clock::now());
    CHECK(steady_before - about_steady <= 20ms);
}
