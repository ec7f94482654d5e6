// The current time by two clocks, for verifying signatures. Plain values; any thread.
#pragma once

#include "chathook/time.hpp"

namespace chathook {

struct Now {
    // Both clocks agree: for tests, and where the difference does not matter.
    Now(Instant both) noexcept : wall(both), date(both) {}  // NOLINT(google-explicit-constructor)
    Now(Instant by_wall_clock, Instant by_date) noexcept : wall(by_wall_clock), date(by_date) {}

    Instant wall;  // the machine's clock: signed times are checked against it
    Instant
        date;  // secrets expire by it; a jump of the machine's clock does not move it, see docs/durability.md
};

}  // namespace chathook
