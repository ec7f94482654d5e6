// What the writer does beside events: refused requests, what is too old, the clock.
#include <chrono>
#include <utility>

#include "journal/writer.hpp"

namespace chathook::journal {

using std::chrono::steady_clock;

void Writer::record_rejections() {
    engine_->begin();
    write_down_rejections();
    engine_->commit();
    uncommitted_rejections_ = 0;
}

// Inside a transaction. If that fails they are lost: the disk has something better to do then.
void Writer::write_down_rejections() {
    const auto taken = inbox_.take();
    if (taken.empty()) return;
    recorded_ = steady_clock::now();
    uncommitted_rejections_ = taken.size();
    rejection_keeper_.record(taken, now());
}

// All that is in the inbox now; what comes meanwhile waits for its own time.
void Writer::record_on_request(std::vector<PendingRecording>& requests) {
    if (requests.empty()) return;
    constexpr std::size_t rounds_max = 2 * RejectionInbox::raw_bytes_max / RejectionInbox::taken_bytes_max;
    Result<void> answer = Errc::journal_failed;
    try {
        if (!failed_) answer = inbox_.empty() || has_room() ? Result<void>() : Errc::journal_full;
        for (std::size_t round = 0; answer && round < rounds_max && !inbox_.empty(); ++round)
            record_rejections();
    } catch (const EngineError& error) {
        roll_back();
        // Another program's lock, as in tidy(): it is looked for again then.
        answer = error.kind() == EngineError::Kind::busy ? Errc::journal_failed : trouble(error);
    }
    for (PendingRecording& request : requests) request.done.set_value(answer);
}

void Writer::roll_back() noexcept {
    engine_->rollback();
    inbox_.lost(std::exchange(uncommitted_rejections_, 0));
}

// Dead letters that go, or that come of what waited for a sink that is configured no more, are news for the
// gauges of a sink that has nothing else to do.
void Writer::step_retention() {
    const bool known = named_ && tidied_ - *named_ > sinks_known_after_;
    const Retention::Swept swept = retention_.step(now(), known ? ~engine_->configured() : 0);
    for (const auto& [sink, letters] : swept.expired) {
        metrics_.dead_letters_expired(engine_->name_of(sink), letters);
    }
    news_for_sinks_ = news_for_sinks_ || swept.changed_counts;
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

// On a full disk the next start takes more from the wall clock, that is all.
void Writer::save_clock_at_stop() noexcept {
    try {
        clock_.look();
        save_clock();
    } catch (const EngineError&) {
        roll_back();
    }
}

}  // namespace chathook::journal
