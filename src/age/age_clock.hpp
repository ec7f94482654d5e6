// The journal's own clock, by which the age of everything in it is measured, and the date by which secrets
// end. The wall clock may be wrong for a while, and what is deleted because of it does not come back; so it
// is relied on only where there is nothing else:
//
// - While the daemon runs, the journal's clock follows CLOCK_BOOTTIME, so jumps of the wall clock have no
// effect.
// - At a start it advances by as much as the wall clock did since the last stop: up to at_once_max at once,
// and
//   the rest when the wall clock is trusted, which is when the kernel reports that it is synchronised, or
//   after running for trusted_after without that.
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

#include "support/clock_reading.hpp"

namespace chathook::age {

// The state of the clock that is stored for the next start.
struct ClockState {
    Instant now{};                             // of the journal's clock
    std::chrono::microseconds lead{};          // of the wall clock over the journal's clock
    std::chrono::microseconds date_lead{};     // of the date over the journal's clock
    bool stop_uncounted = false;               // the last stop was not counted in full
    std::chrono::microseconds lead_at_stop{};  // while stop_uncounted: the wall clock's lead at that stop
    std::chrono::microseconds at_once{};       // counted at starts since the wall clock was last trusted
    std::chrono::microseconds ran{};           // time of running since the wall clock was last trusted
    std::chrono::microseconds apart{};         // how long wall clock and date have differed by the same
};

class AgeClock {
public:
    // A change of the difference between wall clock and journal's clock is a jump from here on. Smaller
    // steps, such as leap seconds, do not matter for ages.
    static constexpr std::chrono::seconds jump_min{2};
    static constexpr std::chrono::hours at_once_max{1};     // in total, until the wall clock is trusted again
    static constexpr std::chrono::hours trusted_after{24};  // of running, over all restarts
    static constexpr std::chrono::hours steady_min{
        1};  // without a jump, before a clock is trusted on its own

    // `saved`: the state at the last stop; nothing in a new journal or in one of a version that kept no
    // clock. Then `newest` is the latest time that is stored in it.
    AgeClock(const std::optional<ClockState>& saved, std::optional<Instant> newest,
             const ClockReading& reading);

    struct Change {
        std::optional<std::chrono::microseconds> jump;  // the wall clock's, forward or back
        std::optional<std::chrono::microseconds>
            counted;  // of the last stop, now that the wall clock is trusted
    };
    Change read(const ClockReading& reading);

    // Gives up counting the last stop in full, because the journal contains something younger than the clock.
    void drop_uncounted_stop() noexcept { state_.stop_uncounted = false; }

    Instant now() const noexcept { return state_.now; }
    Instant date() const noexcept { return state_.now + state_.date_lead; }
    std::chrono::microseconds lead() const noexcept { return state_.lead; }
    const ClockState& state() const noexcept { return state_; }

    // When, on this clock, the wall clock's lead took its value; the time of the start, if that was before.
    Instant lead_since() const noexcept { return lead_since_; }

    // How much the start counted at once; and whether the rest of the last stop is still to be counted.
    std::chrono::microseconds counted_at_once() const noexcept { return counted_at_once_; }
    bool stop_uncounted() const noexcept { return state_.stop_uncounted; }

private:
    std::optional<std::chrono::microseconds> gap(Instant wall) const;
    void start(const ClockReading& reading);
    std::optional<std::chrono::microseconds> trust(const ClockReading& reading);
    void follow_with_date(std::chrono::microseconds passed, bool synchronised);
    void take_lead(Instant wall) noexcept;

    ClockState state_;
    std::chrono::microseconds boot_;
    std::chrono::microseconds counted_at_once_{};
    std::chrono::microseconds steady_{};  // how long the wall clock has run without a jump
    Instant lead_since_{};
    bool was_synchronised_ = false;  // since the start
};

}  // namespace chathook::age
