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

}  // namespace chathook
