#include "client/since.hpp"

#include <catch2/catch.hpp>

#include "support/clock.hpp"

namespace chathook {

TEST_CASE("the option --since accepts an age, a day or a time", "[client]") {
    CHECK(client::since_as_rfc3339("2026-11-21") == "2026-11-21T00:00:00.000000Z");
    CHECK(client::since_as_rfc3339("2026-11-21T20:00:00+01:00") == "2026-11-21T19:00:00.000000Z");
    for (const auto& [age, length] : {std::pair{"90s", std::chrono::seconds(90)},
                                      {"30m", std::chrono::minutes(30)},
                                      {"2h", std::chrono::hours(2)},
                                      {"7d", std::chrono::days(7)}}) {
        INFO(age);
        const Instant before = now() - length;
        const Instant since = parse_rfc3339(client::since_as_rfc3339(age).value()).value();
        CHECK(since >= before);
        CHECK(since <= now() - length);
    }
}

TEST_CASE("an invalid time is none", "[client]") {
    for (const char* wrong : {"", "yesterday", "2h30m", "-1h", "2 h", "2026-13-01", "5w", "99999999999h"}) {
        INFO(wrong);
        CHECK_FALSE(client::since_as_rfc3339(wrong));
    }
}

}  // namespace chathook
