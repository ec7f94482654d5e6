// The journal's own clock, by which everything in it grows old, and the date by which secrets end. The wall
// clock may be wrong for a while, and what was deleted on its word does not come back; so it is believed only
// where there is nothing else:
//
// - While the daemon runs, the journal's clock goes by CLOCK_BOOTTIME: the wall clock may jump as it likes.
// - At a start it goes forward by how far the wall clock went since the last stop: up to at_once_max at once,
//   the rest when the wall clock is trusted, which is when the kernel says that it is synchronised, or after
//   trusted_after of running without that.
// - It never goes back.
//
// The date follows the wall clock, but a jump of it only once the clock is trusted.
//
// Pure: a function of readings and of the state of the last stop. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <chathook/time.hpp>

#include "journal/clock_reading.hpp"

namespace chathook::journal {

// What the journal keeps of its clock over a restart.
struct ClockState {
    Instant now{};                          // of the journal's clock
    std::chrono::microseconds lead{};       // of the wall clock over the journal's
    std::chrono::microseconds date_lead{};  // of the date over the journal's clock
    bool owes = false;                      // a stop has not been counted in full
    std::chrono::microseconds owed_lead{};  // while it owes: the wall clock's lead at that stop
    std::chrono::microseconds at_once{};    // counted at starts on the wall clock's word since it was trusted
    std::chrono::microseconds ran{};        // since the wall clock was trusted
    std::chrono::microseconds apart{};      // how long wall clock and date have been apart by the same
};

class AgeClock {
public:
    // A difference of wall and journal's clock from here on is a jump. Smaller steps, as leap seconds are, do
    // not matter to ages.
    static constexpr std::chrono::seconds jump_min{2};
    static constexpr std::chrono::hours at_once_max{1};     // in all, until the wall clock is trusted again
    static constexpr std::chrono::hours trusted_after{24};  // of running, restarts do not count
    static constexpr std::chrono::hours steady_min{
        1};  // without a jump, before a clock is trusted on its own

    // `saved`: of the last stop; none in a new journal or in one of a program that kept none. Then `newest`
    // is the latest time that stands in it.
    AgeClock(const std::optional<ClockState>& saved, std::optional<Instant> newest,
             const ClockReading& reading);

    struct Change {
        std::optional<std::chrono::microseconds> jump;     // the wall clock's, forward or back
        std::optional<std::chrono::microseconds> counted;  // of a stop, now that the wall clock is trusted
    };
    Change read(const ClockReading& reading);

    // The last stop is not counted after all: the journal holds something younger than the clock.
    void forgive() noexcept { state_.owes = false; }

    Instant now() const noexcept { return state_.now; }
    Instant date() const noexcept { return state_.now + state_.date_lead; }
    std::chrono::microseconds lead() const noexcept { return state_.lead; }
    const ClockState& state() const noexcept { return state_; }

    // When, on this clock, the wall clock took on its lead; the time of the start, if it was before.
    Instant lead_since() const noexcept { return lead_since_; }

    // What the start counted at once; and whether the last stop is still to be counted.
    std::chrono::microseconds counted_at_once() const noexcept { return counted_at_once_; }
    bool owes() const noexcept { return state_.owes; }

private:
    std::optional<std::chrono::microseconds> gap(Instant wall) const;
    void start(const ClockReading& reading);
    std::optional<std::chrono::microseconds> trust(const ClockReading& reading);
    void follow_with_date(std::chrono::microseconds passed, bool synchronised);
    void take_lead(Instant wall) noexcept;

    ClockState state_;
    std::chrono::microseconds boot_;
    std::chrono::microseconds counted_at_once_{};
    std::chrono::microseconds steady_{};  // the wall clock has run without a jump
    Instant lead_since_{};
    bool was_synchronised_ = false;  // since the start
};

}  // namespace chathook::journal
