#include "support/log_pace.hpp"

#include <catch2/catch.hpp>

namespace chathook {

TEST_CASE("a frequent event is logged once a second, with its count") {
    using namespace std::chrono_literals;
    LogPace pace;
    const LogPace::Time start{1h};
    CHECK(pace.due(start) == 1);
    CHECK(pace.due(start) == 0);
    CHECK(pace.due(start + 999ms) == 0);
    CHECK(pace.due(start + 1s) == 3);
    CHECK(pace.due(start + 1s) == 0);
    CHECK(pace.due(start + 10s) == 2);
}

TEST_CASE("the interval between lines may be longer than a second") {
    using namespace std::chrono_literals;
    LogPace pace(60s);
    const LogPace::Time start{1h};
    CHECK(pace.due(start) == 1);
    CHECK(pace.due(start + 59s) == 0);
    CHECK(pace.due(start + 60s) == 2);
}

}  // namespace chathook
