// Keeps the journal's clock: reads it, publishes its time through Ages, logs jumps of the wall clock, and
// saves the state for the next start. Writer's thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "journal/engine.hpp"
#include "journal/words.hpp"
#include "support/clock_reading.hpp"
#include "support/metrics.hpp"

namespace chathook::journal {

class ClockKeeper {
public:
    using Read = std::function<ClockReading()>;

    // How much of the clock's progress a crash may lose, which the next start then takes from the wall clock.
    static constexpr std::chrono::minutes save_interval{10};

    // Continues from the last stop. `metrics` and the engine outlive this. Throws EngineError.
    ClockKeeper(Engine& engine, JournalMetrics& metrics, std::shared_ptr<Ages> ages,
                Read read = ClockReader());

    // Reads the clock. Cheap; called at every commit and at least once a second.
    void update();

    // Call this before an event, received then by the wall clock, gets `sequence`.
    void admit(std::uint64_t sequence, Instant received);

    // Call this once, at the start, with the events whose time of receipt is in the future.
    void pull_back(std::span<const Epochs::Run> runs);

    // Whether the state should be saved now.
    bool is_due() const noexcept;

    // Call save() inside a transaction, and saved() once that is committed. Throws EngineError.
    void save();
    void saved() noexcept;

private:
    void log_start() const;
    void publish(const ClockReading& reading);

    Engine& engine_;
    JournalMetrics& metrics_;
    std::shared_ptr<Ages> ages_;
    Read read_;
    std::optional<AgeClock> clock_;
    bool due_ = true;                  // the clock has changes that were not saved
    bool epochs_due_ = false;          // the epochs have changes that were not saved
    std::optional<Instant> saved_at_;  // on the journal's clock
};

}  // namespace chathook::journal
