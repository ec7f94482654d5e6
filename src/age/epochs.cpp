#include "age/epochs.hpp"

#include <algorithm>

namespace chathook::age {

using std::chrono::microseconds;

Epochs::Epochs(std::span<const Epoch> epochs) : Epochs() {
    for (const Epoch& epoch : epochs) {
        if (epoch.first == 0) {
            epochs_.front() = epoch;
        } else if (epoch.first > epochs_.back().first) {
            epochs_.push_back(epoch);
        }
    }
}

std::size_t Epochs::place_of(std::uint64_t sequence) const noexcept {
    const auto after =
        std::upper_bound(epochs_.begin(), epochs_.end(), sequence,
                         [](std::uint64_t wanted, const Epoch& epoch) { return wanted < epoch.first; });
    return static_cast<std::size_t>(after - epochs_.begin()) - 1;
}

Instant Epochs::counted_from(std::uint64_t sequence, Instant received) const noexcept {
    const Epoch& epoch = epochs_[place_of(sequence)];
    return std::min(std::max(received - epoch.lead, epoch.from), epoch.until);
}

bool Epochs::admit(std::uint64_t sequence, Instant received, Instant now, microseconds lead, Instant since) {
    Epoch wanted{sequence, lead, since, Instant::max()};
    // The event was received before the wall clock was set back.
    if (received - lead > now + slack) wanted = {sequence, received - now, now, Instant::max()};
    Epoch& newest = epochs_.back();
    if (std::chrono::abs(newest.lead - wanted.lead) < slack) return false;
    if (newest.first == sequence) {
        newest = wanted;  // no event was stored in it
        return true;
    }
    newest.until = now;
    epochs_.push_back(wanted);
    merge_if_too_many();
    return true;
}

void Epochs::merge_if_too_many() {
    while (epochs_.size() > epochs_max) merge();
}

void Epochs::merge() {
    // The shortest epoch between the first and the newest one becomes part of the epoch before it.
    const auto lasted = [](const Epoch& epoch) {
        const bool bounded = epoch.from != Instant::min() && epoch.until != Instant::max();
        return bounded ? epoch.until - epoch.from : microseconds::max();
    };
    const auto least =
        std::min_element(epochs_.begin() + 1, epochs_.end() - 1,
                         [&](const Epoch& a, const Epoch& b) { return lasted(a) < lasted(b); });
    const auto before = least - 1;
    before->until = std::max(before->until, least->until);
    epochs_.erase(least);
}

void Epochs::pull_back(const Run& run, Instant now) {
    const Epoch behind = epochs_[place_of(run.last + 1)];
    std::erase_if(epochs_, [&](const Epoch& epoch) {
        return epoch.first > 0 && epoch.first >= run.first && epoch.first <= run.last + 1;
    });
    const microseconds lasted = std::max(run.last_received - run.first_received, microseconds(0));
    const Epoch pulled{run.first, run.last_received - now, now - lasted, now};
    auto at = epochs_.begin() + static_cast<std::ptrdiff_t>(place_of(run.first)) + 1;
    at = epochs_.insert(at, pulled);
    epochs_.insert(at + 1, {run.last + 1, behind.lead, behind.from, behind.until});
    merge_if_too_many();
}

bool Epochs::forget_before(std::uint64_t oldest) {
    const std::size_t place = place_of(oldest);
    if (place == 0) return false;
    epochs_.erase(epochs_.begin(), epochs_.begin() + static_cast<std::ptrdiff_t>(place));
    epochs_.front().first = 0;
    return true;
}

}  // namespace chathook::age
