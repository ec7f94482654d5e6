// Keeps the journal's clock: reads it, tells everybody what it says through Ages, says when the wall clock
// jumps, and writes down what the next start has to know. The writer's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "journal/age_clock.hpp"
#include "journal/ages.hpp"
#include "journal/clock_reading.hpp"
#include "journal/engine.hpp"
#include "support/metrics.hpp"

namespace chathook::journal {

class ClockKeeper {
public:
    using Read = std::function<ClockReading()>;

    // What a crash may take from the clock, which the next start then has to take from the wall clock.
    static constexpr std::chrono::minutes save_interval{10};

    // Goes on where the last stop was. `metrics` and the engine outlive this. Throws EngineError.
    ClockKeeper(Engine& engine, JournalMetrics& metrics, std::shared_ptr<Ages> ages, Read read = read_clock);

    // Reads the clock. Cheap; at every commit and at least once a second.
    void look();

    // Before an event received then by the wall clock is given `sequence`.
    void admit(std::uint64_t sequence, Instant received);

    // The events received in the future by what is known, if there are any: once, at the start.
    void pull_back(std::span<const Epochs::Run> runs);

    // Whether there is something to write down now.
    bool is_due() const noexcept;

    // Inside a transaction, which saved() says has been committed. Throws EngineError.
    void save();
    void saved() noexcept;

private:
    void tell_of_start() const;
    void publish(const ClockReading& reading);

    Engine& engine_;
    JournalMetrics& metrics_;
    std::shared_ptr<Ages> ages_;
    Read read_;
    std::optional<AgeClock> clock_;
    bool due_ = true;                  // the clock has something new to be remembered
    bool epochs_due_ = false;          // and the epochs
    std::optional<Instant> saved_at_;  // on the journal's clock
};

}  // namespace chathook::journal
