// What everybody who asks for an age shares: the journal's clock as of the writer's last look at it, and the
// epochs of the events. set() and change(): the writer's thread; the rest: any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <vector>

#include <chathook/time.hpp>

#include "journal/clock_reading.hpp"
#include "journal/epochs.hpp"

namespace chathook::journal {

class Ages {
public:
    // Until it is set, as at a start whose clocks agree.
    Ages() noexcept {
        const ClockReading reading = read_clock();
        set(reading.wall, reading.boot, {}, {});
    }

    // At `boot` of CLOCK_BOOTTIME the journal's clock says `now`, the wall clock and the date lead it by so
    // much.
    void set(Instant now, std::chrono::microseconds boot, std::chrono::microseconds lead,
             std::chrono::microseconds date_lead) noexcept {
        at_boot_ = now - boot;
        lead_ = lead;
        date_lead_ = date_lead;
    }

    // The journal's clock.
    Instant now() const noexcept { return at_boot_.load() + boot_time(); }

    // What ends by its date is judged by this.
    Instant date() const noexcept { return now() + date_lead_.load(); }

    // What the wall clock says, or would have said as it stands now, when the journal's said `now`.
    Instant wall_at(Instant now) const noexcept { return now + lead_.load(); }

    // From when on the journal's clock the age of an event counts that was received then by the wall clock.
    Instant counted_from(std::uint64_t sequence, Instant received) const {
        const std::shared_lock lock(mutex_);
        return epochs_.counted_from(sequence, received);
    }

    template <class Change>
    auto change(Change&& change) {
        const std::unique_lock lock(mutex_);
        return std::forward<Change>(change)(epochs_);
    }
    std::vector<Epoch> epochs() const {
        const std::shared_lock lock(mutex_);
        return {epochs_.all().begin(), epochs_.all().end()};
    }

private:
    std::atomic<Instant> at_boot_;
    std::atomic<std::chrono::microseconds> lead_, date_lead_;
    mutable std::shared_mutex mutex_;
    Epochs epochs_;
};

}  // namespace chathook::journal
