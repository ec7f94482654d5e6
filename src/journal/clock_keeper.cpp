#include "journal/clock_keeper.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/log.hpp"

namespace chathook::journal {
namespace {

using std::chrono::microseconds;

std::string in_seconds(microseconds duration) {
    return std::to_string(std::chrono::round<std::chrono::seconds>(duration).count()) + "s";
}

}  // namespace

ClockKeeper::ClockKeeper(Engine& engine, JournalMetrics& metrics, std::shared_ptr<Ages> ages, Read read)
    : engine_(engine), metrics_(metrics), ages_(std::move(ages)), read_(std::move(read)) {
    const ClockReading reading = read_();
    const auto saved = engine_.saved_clock();
    clock_.emplace(saved, saved ? std::nullopt : engine_.latest_time(), reading);
    ages_->change([epochs = engine_.saved_epochs()](Epochs& now) { now = Epochs(epochs); });
    publish(reading);
    if (engine_.bound_ages(clock_->now())) clock_->drop_uncounted_stop();
    log_start();
}

void ClockKeeper::log_start() const {
    if (!clock_->stop_uncounted()) return;
    log(LogLevel::warning, "clock_not_trusted",
        {{"counted", in_seconds(clock_->counted_at_once())},
         {"consequence",
          "how long the daemon was stopped counts for ages when the kernel says that the clock is "
          "synchronised, or after 24 hours of running"}});
}

void ClockKeeper::update() {
    const ClockReading reading = read_();
    const AgeClock::Change change = clock_->read(reading);
    publish(reading);
    if (change.jump) {
        metrics_.clock_jumped();
        due_ = true;
        log(LogLevel::warning, "clock_jumped",
            {{"by", in_seconds(std::chrono::abs(*change.jump))},
             {"direction", change.jump->count() > 0 ? "forward" : "back"},
             {"consequence",
              "ages and retention go on without it; new events carry the new time, and signed times are "
              "compared with it"}});
    }
    if (change.counted) {
        due_ = true;
        log(LogLevel::info, "clock_trusted", {{"counted", in_seconds(*change.counted)}});
    }
}

void ClockKeeper::publish(const ClockReading& reading) {
    const ClockState& state = clock_->state();
    ages_->set(state.now, reading.boot, state.lead, state.date_lead);
}

void ClockKeeper::admit(std::uint64_t sequence, Instant received) {
    const bool changed = ages_->change([&](Epochs& epochs) {
        return epochs.admit(sequence, received, clock_->now(), clock_->lead(), clock_->lead_since());
    });
    epochs_due_ = epochs_due_ || changed;
}

void ClockKeeper::pull_back(std::span<const Epochs::Run> runs) {
    if (runs.empty()) return;
    std::uint64_t events = 0;
    for (const Epochs::Run& run : runs) {
        ages_->change([&](Epochs& epochs) { epochs.pull_back(run, clock_->now()); });
        events += run.last - run.first + 1;
    }
    clock_->drop_uncounted_stop();
    due_ = epochs_due_ = true;
    log(LogLevel::warning, "events_from_the_future",
        {{"events", std::to_string(events)},
         {"consequence", "they were received while the clock was ahead; their age counts from now on"}});
}

bool ClockKeeper::is_due() const noexcept {
    return due_ || epochs_due_ || !saved_at_ || clock_->now() - *saved_at_ >= save_interval;
}

void ClockKeeper::save() {
    engine_.save_clock(clock_->state());
    const std::uint64_t oldest = engine_.oldest_sequence();
    const bool forgot = ages_->change([&](Epochs& epochs) { return epochs.forget_before(oldest); });
    epochs_due_ = epochs_due_ || forgot;
    if (epochs_due_) engine_.save_epochs(ages_->epochs());
}

void ClockKeeper::saved() noexcept {
    due_ = epochs_due_ = false;
    saved_at_ = clock_->now();
}

}  // namespace chathook::journal
