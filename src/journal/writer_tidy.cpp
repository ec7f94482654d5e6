// The writer's work besides events: refused requests, retention, the clock.
#include <chrono>
#include <utility>

#include "journal/writer.hpp"

namespace chathook::journal {

using std::chrono::steady_clock;

void Writer::record_rejections() {
    engine_->begin();
    record_waiting_rejections();
    engine_->commit();
    uncommitted_rejections_ = 0;
}

// Inside a transaction. If that fails they are only counted: events matter more to a disk in trouble.
void Writer::record_waiting_rejections() {
    const auto taken = inbox_.take();
    if (taken.empty()) return;
    last_recorded_ = steady_clock::now();
    uncommitted_rejections_ = taken.size();
    rejection_keeper_.record(taken, now());
}

// Records everything that is in the inbox now. What is added meanwhile is recorded as usual.
void Writer::record_when_asked(std::vector<PendingRecording>& requests) {
    if (requests.empty()) return;
    constexpr std::size_t rounds_max = 2 * RejectionInbox::raw_bytes_max / RejectionInbox::taken_bytes_max;
    Result<void> answer = Errc::journal_failed;
    try {
        if (!failed_) answer = inbox_.empty() || check_room() ? Result<void>() : Errc::journal_full;
        for (std::size_t round = 0; answer && round < rounds_max && !inbox_.empty(); ++round)
            record_rejections();
    } catch (const EngineError& error) {
        roll_back();
        // Another program holds a lock, as in tidy(): the next tidy() tries again.
        answer = error.kind() == EngineError::Kind::busy ? Errc::journal_failed : handle_error(error);
    }
    for (PendingRecording& request : requests) request.done.set_value(answer);
}

void Writer::roll_back() noexcept {
    engine_->rollback();
    inbox_.count_unrecorded(std::exchange(uncommitted_rejections_, 0));
}

// A sink without anything else to do updates its gauges only when it is notified. So it is, when dead letters
// were deleted, or created from what waited for a sink that is not configured any more.
void Writer::step_retention() {
    const bool known = last_numbered_ && last_tidied_ - *last_numbered_ > sinks_known_after_;
    SinkSet unclaimed;
    for (SinkNumber sink = 0; known && sink < engine_->counts().sinks.size(); ++sink) {
        if (!engine_->configured().contains(sink)) unclaimed.insert(sink);
    }
    const Retention::Swept swept = retention_.step(now(), unclaimed);
    for (const auto& [sink, letters] : swept.expired) {
        metrics_.dead_letters_expired(engine_->name_of(sink), letters);
    }
    counts_changed_ = counts_changed_ || swept.changed_counts;
}

void Writer::forget_surplus_rejections() {
    if (!rejection_keeper_.has_surplus(now())) return;
    engine_->begin();
    rejection_keeper_.forget_surplus(now());
    engine_->commit();
}

void Writer::save_clock() {
    engine_->begin();
    clock_.save();
    engine_->commit();
    clock_.saved();
}

// If the disk is full, the only consequence is that the next start relies more on the wall clock.
void Writer::save_clock_at_stop() noexcept {
    try {
        clock_.update();
        save_clock();
    } catch (const EngineError&) {
        roll_back();
    }
}

}  // namespace chathook::journal
