#include "support/log_pace.hpp"

#include <catch2/catch.hpp>

namespace chathook {

TEST_CASE("what happens often is logged once a second, with the number of times") {
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

TEST_CASE("a line that repeats itself may be held back for longer than a second") {
    using namespace std::chrono_literals;
    LogPace pace(60s);
    const LogPace::Time start{1h};
    CHECK(pace.due(start) == 1);
    CHECK(pace.due(start + 59s) == 0);
    CHECK(pace.due(start + 60s) == 2);
}

}  // namespace chathook
