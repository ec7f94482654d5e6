// Which times of receipt belong to which lead of the wall clock over the journal's clock. Events carry the
// wall clock's time of their receipt; their age counts from the same instant on the journal's clock, which
// follows from the epoch that the event's sequence falls into. Pure; one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <chathook/time.hpp>

namespace chathook::journal {

// From one sequence to that of the next epoch. Nothing in it is older than `from` or younger than `until`,
// whatever its time of receipt says: a request that came before a jump is committed after it.
struct Epoch {
    std::uint64_t first = 0;
    std::chrono::microseconds lead{};
    Instant from = Instant::min();
    Instant until = Instant::max();
};

class Epochs {
public:
    // Beyond, neighbours become one. An event between these is then wrong by no more than they lasted.
    static constexpr std::size_t epochs_max = 1024;

    // Smaller differences of the lead do not begin an epoch.
    static constexpr std::chrono::seconds slack{2};

    // A journal that never saw the wall clock jump has this one alone.
    Epochs() : epochs_(1) {}

    // As all() answered them; what is out of order is left out.
    explicit Epochs(std::span<const Epoch> epochs);

    // The receipt on the journal's clock.
    Instant counted_from(std::uint64_t sequence, Instant received) const noexcept;

    // Before an event is given `sequence`, the newest: begins an epoch if it needs one. `now` and `lead` are
    // the clock's, `since` when it took on that lead. Whether anything changed.
    bool admit(std::uint64_t sequence, Instant received, Instant now, std::chrono::microseconds lead,
               Instant since);

    // Events that were received in the future by what is known: a program that kept no epochs stored them
    // while the wall clock was ahead. The last one's age counts from `now`, the others' from before that by
    // as much as they were received before it.
    struct Run {
        std::uint64_t first = 0, last = 0;
        Instant first_received{}, last_received{};
    };
    void pull_back(const Run& run, Instant now);

    // Events below `oldest` are no longer asked for. Whether anything changed.
    bool forget_before(std::uint64_t oldest);

    std::span<const Epoch> all() const noexcept { return epochs_; }

private:
    std::size_t place_of(std::uint64_t sequence) const noexcept;
    void merge_if_too_many();
    void merge();

    std::vector<Epoch> epochs_;  // by first; never empty, and the first begins with 0
};

}  // namespace chathook::journal
