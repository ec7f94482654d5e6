#include "journal/recent.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace chathook::journal {
namespace {

// Roughly the memory of an event without its texts.
constexpr std::size_t kept_overhead_bytes = 512;

std::size_t bytes_of(const Event& event) noexcept { return event.text.size() + event.raw.size(); }

}  // namespace

void Recent::committed(std::vector<Added> added, const Counts& counts) {
    std::vector<Kept> dropped;  // freed after the mutex is released
    const std::lock_guard lock(mutex_);
    if (!added.empty() && added.front().sequence != newest_ + 1) {
        drop_first(events_.size(), dropped);
        newest_ = added.front().sequence - 1;
    }
    for (Added& one : added) {
        if (one.routed.empty()) one.event.reset();
        const std::size_t bytes = sizeof(Kept) + (one.event ? bytes_of(*one.event) + kept_overhead_bytes : 0);
        events_.push_back({std::move(one.routed), bytes, std::move(one.event)});
        bytes_ += bytes;
    }
    if (newest_ + added.size() != counts.newest) drop_first(events_.size(), dropped);
    newest_ = counts.newest;
    sinks_.resize(counts.sinks.size());
    for (std::size_t sink = 0; sink < sinks_.size(); ++sink) {
        SinkState& state = sinks_[sink];
        const SinkCounts& is = counts.sinks[sink];
        state.waits_in_order = is.again == 0 && !is.out_of_order;
        // If nothing waits for the sink now, nothing older than the next event ever will.
        state.passed = is.waiting == 0 ? newest_ : std::max(state.passed, is.cursor);
    }
    std::size_t surplus = passed_by_all(counts);
    std::size_t bytes = bytes_;
    for (std::size_t at = 0; at < events_.size() && (at < surplus || bytes > recent_bytes_max); ++at) {
        bytes -= events_[at].bytes;
        surplus = std::max(surplus, at + 1);
    }
    drop_first(surplus, dropped);
}

// How many of the oldest events no sink will ask for. A sink that is further behind keeps everything that
// there is room for: only so can it catch up to what is in memory.
std::size_t Recent::passed_by_all(const Counts& counts) const {
    std::uint64_t passed = newest_;
    for (std::size_t sink = 0; sink < sinks_.size(); ++sink) {
        if (counts.sinks[sink].waiting == 0) continue;
        passed = std::min(passed, std::max(sinks_[sink].passed, first() - 1));
    }
    return static_cast<std::size_t>(passed + 1 - first());
}

void Recent::drop_first(std::size_t count, std::vector<Kept>& dropped) {
    for (; count > 0; --count) {
        bytes_ -= events_.front().bytes;
        dropped.push_back(std::move(events_.front()));
        events_.pop_front();
    }
}

void Recent::clear() {
    std::vector<Kept> dropped;
    const std::lock_guard lock(mutex_);
    drop_first(events_.size(), dropped);
    for (SinkState& sink : sinks_) sink.waits_in_order = false;
}

std::optional<std::vector<Delivery>> Recent::due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                                 std::size_t bytes_max) const {
    std::vector<Delivery> page;
    std::size_t bytes = 0;
    const std::lock_guard lock(mutex_);
    if (sink >= sinks_.size() || !serves(sinks_[sink])) return std::nullopt;
    const std::uint64_t from = std::max(after, sinks_[sink].passed) + 1;
    for (std::uint64_t sequence = from; sequence <= newest_ && page.size() < events_max; ++sequence) {
        const Kept& kept = events_[static_cast<std::size_t>(sequence - first())];
        if (!kept.routed.contains(sink)) continue;
        bytes += bytes_of(*kept.event);
        if (bytes > bytes_max && !page.empty()) break;
        page.push_back({sequence, 1, kept.event});
    }
    return page;
}

std::size_t Recent::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

}  // namespace chathook::journal
