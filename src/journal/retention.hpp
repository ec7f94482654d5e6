// Decides what is deleted because of its age, in which order and when: delivered events, dead letters, and
// ledger lines whose key may come again. Gives up events that wait for sinks that are no longer configured.
// An engine lists the rows and carries the decisions out. Works in small steps, each with a transaction of
// its own, so that an event never waits long. Writer thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "journal/engine.hpp"
#include "journal/ledgers.hpp"
#include "journal/settings.hpp"
#include "journal/words.hpp"

namespace chathook::journal {

// The pause between a sweep that took `worked` and the next one: fifty times as long, so that looking at rows
// that stay takes a fiftieth of the writer's time; but no less than a second, and no more than a minute,
// because what gathers during a long pause makes the next sweep longer still.
std::chrono::steady_clock::duration pause_after(std::chrono::steady_clock::duration worked) noexcept;

class Retention {
public:
    // `engine` outlives this.
    Retention(Engine& engine, const JournalSettings& settings, std::shared_ptr<const Ages> ages);

    // What one step did.
    struct Swept {
        // Dead letters that were deleted because they were too old, by sink; most steps delete none.
        std::map<SinkNumber, std::size_t> expired;
        bool changed_counts = false;  // of dead letters or of waiting events
    };

    // Looks at up to 256 rows and deletes what is too old, up to about 1 MiB. Events that wait for a sink of
    // `unclaimed` are given up when they are old enough. `now`: on the journal's clock. Throws EngineError.
    Swept step(Instant now, const SinkSet& unclaimed);

    // When the next step is due.
    std::chrono::steady_clock::time_point next() const noexcept { return next_; }

    // After an error: makes no step due before a while.
    void postpone() noexcept;

    // While there is no room: makes a sweep due soon, however long the last one took.
    void expedite() noexcept;

private:
    // A sweep goes through the tables in this order: a waiting event or a dead letter holds its event, an
    // event holds its line.
    enum class Stage : std::uint8_t { unclaimed, dead, events, ledger };

    bool sweep_unclaimed(Instant now, const SinkSet& unclaimed, Swept& swept);
    bool sweep_dead(Instant now, Swept& swept);
    bool sweep_events(Instant now);
    bool sweep_ledger(Instant now);
    void skip_sinks_without_work(const SinkSet& unclaimed);
    std::vector<Settlement> unclaimed_of(SinkNumber sink, Instant now, bool& finished);
    void finish_stage(std::chrono::steady_clock::time_point ended) noexcept;
    bool is_older(std::uint64_t sequence, Instant received, Instant now,
                  std::chrono::microseconds kept) const;

    Engine& engine_;
    std::shared_ptr<const Ages> ages_;
    const std::chrono::microseconds retain_delivered_, retain_dead_, dedupe_window_;

    Stage stage_ = Stage::unclaimed;
    std::uint64_t position_ = 0;    // the sequence that the current stage has reached
    SinkNumber position_sink_ = 0;  // and its sink: of the dead letter, or of the waiting events
    std::chrono::steady_clock::duration worked_{};
    std::chrono::steady_clock::time_point next_{};
};

}  // namespace chathook::journal
