// What is needed to compute an age: the journal's clock as the writer last read it, and the epochs of the
// events. set() and change() belong to the writer's thread; the other functions may be called from any
// thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <vector>

#include <chathook/time.hpp>

#include "age/epochs.hpp"
#include "support/clock_reading.hpp"

namespace chathook::age {

class Ages {
public:
    // Until set() is called, the journal's clock and the wall clock agree.
    Ages() noexcept {
        const ClockReading reading = read_clock();
        set(reading.wall, reading.boot, {}, {});
    }

    // When CLOCK_BOOTTIME was `boot`, the journal's clock was `now`; `lead` and `date_lead` are how far the
    // wall clock and the date are ahead of it.
    void set(Instant now, std::chrono::microseconds boot, std::chrono::microseconds lead,
             std::chrono::microseconds date_lead) noexcept {
        at_boot_ = now - boot;
        lead_ = lead;
        date_lead_ = date_lead;
    }

    // The journal's clock.
    Instant now() const noexcept { return at_boot_.load() + boot_time(); }

    // The date by which secrets end.
    Instant date() const noexcept { return now() + date_lead_.load(); }

    // The time on the wall clock, with its current lead, when the journal's clock was `now`.
    Instant wall_at(Instant now) const noexcept { return now + lead_.load(); }

    // The time on the journal's clock from which the age of an event counts; `received` is its time of
    // receipt on the wall clock.
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

}  // namespace chathook::age
