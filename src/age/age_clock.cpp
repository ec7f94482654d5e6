#include "age/age_clock.hpp"

#include <algorithm>

namespace chathook::age {

using std::chrono::microseconds;

AgeClock::AgeClock(const std::optional<ClockState>& saved, std::optional<Instant> newest,
                   const ClockReading& reading)
    : boot_(reading.boot) {
    if (saved) {
        state_ = *saved;
    } else {
        // If the two contradict each other it is unknown which one was right. To begin at the earlier one
        // makes nothing older.
        state_.now = newest && *newest <= reading.wall ? *newest : reading.wall;
    }
    start(reading);
}

void AgeClock::start(const ClockReading& reading) {
    if (!state_.stop_uncounted) state_.lead_at_stop = state_.lead;
    state_.stop_uncounted = true;
    if (const auto whole = gap(reading.wall)) {
        counted_at_once_ = std::clamp<microseconds>(at_once_max - state_.at_once, microseconds(0), *whole);
        state_.now += counted_at_once_;
        state_.at_once += counted_at_once_;
        state_.stop_uncounted = counted_at_once_ < *whole;
    }
    const auto counted = trust(reading);
    counted_at_once_ += counted.value_or(microseconds(0));
    take_lead(reading.wall);
    follow_with_date(microseconds(0), reading.synchronised);
}

// How far the wall clock has advanced since the stop; nothing if it has gone back. If it had jumped before
// the stop, it may be right again by now or still be wrong; the shorter of the two times deletes nothing too
// early.
std::optional<microseconds> AgeClock::gap(Instant wall) const {
    std::optional<microseconds> smallest;
    for (const microseconds lead : {state_.lead_at_stop, state_.date_lead}) {
        const microseconds gone = wall - lead - state_.now;
        if (gone <= -jump_min) continue;
        const microseconds counted = std::max(gone, microseconds(0));
        smallest = std::min(smallest.value_or(counted), counted);
    }
    return smallest;
}

AgeClock::Change AgeClock::read(const ClockReading& reading) {
    const microseconds passed = std::max(reading.boot - boot_, microseconds(0));
    boot_ = reading.boot;
    state_.now += passed;
    state_.ran += passed;
    steady_ += passed;
    Change change;
    const microseconds jump = reading.wall - state_.now - state_.lead;
    if (std::chrono::abs(jump) >= jump_min) {
        change.jump = jump;
        take_lead(reading.wall);
        steady_ = {};
    }
    change.counted = trust(reading);
    if (change.counted) take_lead(reading.wall);
    follow_with_date(passed, reading.synchronised);
    return change;
}

void AgeClock::take_lead(Instant wall) noexcept {
    const microseconds lead = wall - state_.now;
    if (std::chrono::abs(lead - state_.lead) >= jump_min) state_.apart = {};
    state_.lead = lead;
    lead_since_ = state_.now;
}

// Counts the rest of the last stop, once the wall clock is trusted.
std::optional<microseconds> AgeClock::trust(const ClockReading& reading) {
    if (!reading.synchronised && (state_.ran < trusted_after || steady_ < steady_min)) return std::nullopt;
    state_.ran = state_.at_once = {};
    if (!state_.stop_uncounted) return std::nullopt;
    state_.stop_uncounted = false;
    const microseconds counted = gap(reading.wall).value_or(microseconds(0));
    state_.now += counted;
    return counted;
}

// A machine without a battery-backed clock starts in 1970 and is set when it is synchronised: the date
// follows that jump at once. A later jump may be a mistake of an operator, who will notice and correct it
// within the hour.
void AgeClock::follow_with_date(microseconds passed, bool synchronised) {
    const bool first = synchronised && !was_synchronised_;
    was_synchronised_ = was_synchronised_ || synchronised;
    state_.apart += passed;
    if (std::chrono::abs(state_.lead - state_.date_lead) < jump_min) state_.apart = {};
    if (first || (synchronised && state_.apart >= steady_min) || state_.apart >= trusted_after) {
        state_.date_lead = state_.lead;
        state_.apart = {};
    }
}

}  // namespace chathook::age
