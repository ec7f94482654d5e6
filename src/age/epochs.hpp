// Which lead of the wall clock over the journal's clock applies to which events. An event contains the wall
// clock's time of its receipt; its age counts from the same instant on the journal's clock, which follows
// from the epoch of the event's sequence. Pure; one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <chathook/time.hpp>

namespace chathook::age {

// Extends from its first sequence to that of the next epoch. No event in it counts as older than `from` or
// younger than `until`, whatever its time of receipt is: a request may come before a jump and be committed
// after it.
struct Epoch {
    std::uint64_t first = 0;
    std::chrono::microseconds lead{};
    Instant from = Instant::min();
    Instant until = Instant::max();
};

class Epochs {
public:
    // If there are more, two neighbours are merged. The age of an event in them is then wrong by no more than
    // they lasted.
    static constexpr std::size_t epochs_max = 1024;

    // Smaller changes of the lead do not begin an epoch.
    static constexpr std::chrono::seconds slack{2};

    // A single epoch, as in a journal during which the wall clock never jumped.
    Epochs() : epochs_(1) {}

    // `epochs` as all() returned them; those that are out of order are omitted.
    explicit Epochs(std::span<const Epoch> epochs);

    // The time of receipt on the journal's clock.
    Instant counted_from(std::uint64_t sequence, Instant received) const noexcept;

    // Call this before an event gets `sequence`, the newest one: begins an epoch if the event needs one.
    // `now` and `lead` are those of the clock, which has had that lead since `since`. Returns whether
    // anything changed.
    bool admit(std::uint64_t sequence, Instant received, Instant now, std::chrono::microseconds lead,
               Instant since);

    // Events whose time of receipt is in the future: a version that kept no epochs stored them while the wall
    // clock was ahead. The age of the last one counts from `now`, and that of each other one from as long
    // before that as it was received before the last one.
    struct Run {
        std::uint64_t first = 0, last = 0;
        Instant first_received{}, last_received{};
    };
    void pull_back(const Run& run, Instant now);

    // No event below `oldest` will be asked about. Returns whether anything changed.
    bool forget_before(std::uint64_t oldest);

    std::span<const Epoch> all() const noexcept { return epochs_; }

private:
    std::size_t place_of(std::uint64_t sequence) const noexcept;
    void merge_if_too_many();
    void merge();

    std::vector<Epoch> epochs_;  // by first; never empty, and the first begins with 0
};

}  // namespace chathook::age
