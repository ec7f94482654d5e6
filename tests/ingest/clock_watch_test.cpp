#include "ingest/clock_watch.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "support/descriptor.hpp"

namespace chathook::ingest {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

TEST_CASE("the hint for differing clocks says by how much, which may be wrong and where to look",
          "[ingest]") {
    CHECK_THAT(clock_hint(412s + 300ms), Contains("412 s behind this machine's clock") &&
                                             Contains("old webhook was sent again") &&
                                             Contains("timedatectl"));
    CHECK_THAT(clock_hint(-3600s), Contains("3600 s ahead of this machine's clock") &&
                                       Contains("timedatectl") && !Contains("old webhook"));
}

TEST_CASE("differing clocks are logged once a minute", "[ingest]") {
    test::CaughtDescriptor caught(STDERR_FILENO);
    ClockWatch watch;
    const ClockWatch::Time start{1h};
    watch.stale("crm", 600s, start);
    watch.stale("crm", 601s, start + 1s);
    watch.stale("desk", -602s, start + 59s);
    watch.stale("desk", -603s, start + 60s);
    const std::string text = caught.text();
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    CHECK_THAT(text, Contains("warning clocks_apart source=crm") && Contains("600 s behind") &&
                         Contains("source=desk") && Contains("603 s ahead") && Contains("times=3"));
}

}  // namespace chathook::ingest
