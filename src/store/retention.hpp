// Forgets what is old: delivered events, dead letters, and ledger lines whose key may come again. Gives up
// what waits for sinks that are configured no more. Works in small steps, each its own transaction, so that
// an event never waits long. Writer thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "sqlite/sqlite.hpp"
#include "store/store.hpp"
#include "store/words.hpp"

namespace chathook::store {

// Between a sweep that took `worked` and the next: fifty times as long, so that looking at what stays takes a
// fiftieth of the writer's time; but no less than a second, and no more than a minute, because what a long
// rest lets gather makes the next sweep longer still.
std::chrono::steady_clock::duration rest_after(std::chrono::steady_clock::duration worked) noexcept;

class Retention {
public:
    Retention(Database& database, Store& store, const JournalSettings& settings);

    // When step() has something to look at again.
    std::chrono::steady_clock::time_point next() const noexcept { return next_; }

    // After an error: not again before a while.
    void postpone() noexcept;

    // While there is no room: not as seldom as the last sweep's length would have it.
    void hurry() noexcept;

    // Looks at up to 256 rows and deletes what is due, up to about 1 MiB. What waits for a sink of
    // `unclaimed` is given up when it is old enough. `now`: of the journal's clock. Throws SqliteError.
    void step(Instant now, SinkSet unclaimed);

    // The dead letters that the last step() deleted because they were too old, by sink; none of most steps.
    using Expired = std::map<SinkNumber, std::size_t>;
    const Expired& expired() const noexcept { return expired_; }

    // Whether the last step() changed how many dead letters there are, or how much waits.
    bool changed_counts() const noexcept { return changed_counts_; }

private:
    // One sweep after another goes through the tables, always in this order: what waits holds its event like
    // a dead letter does, an event holds its line.
    enum class Stage : std::uint8_t { unclaimed, dead, events, ledger };

    bool sweep_unclaimed(Instant now, SinkSet unclaimed);
    std::vector<Settlement> unclaimed_of(SinkNumber sink, Instant now, bool& finished);
    bool sweep_dead(Instant now);
    bool sweep_events(Instant now);
    bool sweep_ledger(Instant now);
    template <class Item, class Delete>
    void apply(const std::vector<Item>& items, Delete&& each);

    Store& store_;
    std::chrono::microseconds retain_delivered_, retain_dead_, dedupe_window_;
    Statement waiting_, again_, dead_, events_, lines_;

    Instant counted_from(const Rows& rows, int sequence, int received) const;

    Stage stage_ = Stage::unclaimed;
    Expired expired_;
    bool changed_counts_ = false;
    std::uint64_t position_ = 0;    // the sequence the current stage has come to
    SinkNumber position_sink_ = 0;  // and among its dead letters, or the sink whose waiting events it is at
    std::chrono::steady_clock::duration worked_{};
    std::chrono::steady_clock::time_point next_{};
};

}  // namespace chathook::store
