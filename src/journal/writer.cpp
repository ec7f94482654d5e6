#include "journal/writer.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "support/log.hpp"

namespace chathook::journal {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_interval{1000};      // while nothing else happens
constexpr std::chrono::milliseconds look_again_interval{20};  // when the engine is not done with it
constexpr std::chrono::seconds tidy_overdue{1};               // so long tidying up may be put off by new work
constexpr std::chrono::seconds foreign_lock_patience{5};      // while stopping
constexpr std::chrono::seconds rejections_overdue{1};  // at most so often they share a commit with events
constexpr std::chrono::milliseconds seal_pause{100};   // between two tries

}  // namespace

Writer::Writer(std::unique_ptr<Engine> engine, const JournalSettings& settings, Queue& queue, Shared shared,
               JournalMetrics& metrics, Fatal on_fatal)
    : engine_(std::move(engine)),
      queue_(queue),
      shared_(std::move(shared)),
      metrics_(metrics),
      on_fatal_(std::move(on_fatal)),
      clock_(*engine_, metrics, shared_.ages),
      retention_(*engine_, settings, shared_.ages),
      rejection_keeper_(*engine_, settings),
      inbox_(metrics),
      sinks_known_after_(settings.sinks_known_after) {
    clock_.pull_back(engine_->load());
    publish();
    has_room();
    came_round();
}

void Writer::run() {
    for (;;) {
        Work work = queue_.take(next_wake());
        if (work.closed && work.empty()) break;
        serve(work);
        if (!failed_ && steady_clock::now() >= next_ground_) stands();
        const bool overdue = steady_clock::now() - tidied_ > tidy_overdue;
        if (!failed_ && !seals_.empty()) seal();
        if (failed_) answer_seals(Errc::journal_failed);
        if (!failed_) keep_up();
        if (!failed_ && (overdue || queue_.idle())) tidy();
        came_round();
    }
    // What the next start will find.
    if (failed_ || !stands()) return answer_seals(Errc::journal_failed);
    try {
        if (!inbox_.empty()) record_rejections();
        save_clock_at_stop();
        engine_->close();
    } catch (const EngineError& error) {
        roll_back();
        if (error.kind() == EngineError::Kind::failed) {
            trouble(error);
        } else {
            // All is in the log, and the next start empties it.
            log(LogLevel::warning, "journal_log_not_emptied", {{"reason", error.what()}});
        }
    }
    answer_seals(Errc::shutting_down);
}

SteadyTime Writer::next_wake() const {
    SteadyTime wake = std::min({next_look_, next_ground_, retention_.next()});
    if (!seals_.empty()) wake = std::min(wake, next_seal_);
    return failed_ ? steady_clock::now() + look_interval : wake;
}

void Writer::serve(Work& work) {
    if (work.empty()) return;
    std::vector<Result<Appended>> results(work.appends.size(), Errc::journal_failed);
    const std::uint64_t newest_before = engine_->counts().newest;
    Result<void> settled = Errc::journal_failed;
    if (!failed_) {
        answer_names(work.names);
        settled = Result<void>();
        try {
            commit(work, results);
        } catch (const EngineError& error) {
            roll_back();
            const Errc reason = trouble(error);
            std::fill(results.begin(), results.end(), Result<Appended>(reason));
            settled = reason;
        }
        publish();
        if (!failed_ && !stands()) {
            std::fill(results.begin(), results.end(), Result<Appended>(Errc::journal_failed));
            settled = Errc::journal_failed;
        }
    }
    queue_.finish(results);
    for (PendingSettle& settle : work.settles) settle.done.set_value(settled);
    for (PendingName& name : work.names) name.done.set_value(Errc::journal_failed);
    if (engine_->counts().newest != newest_before) listeners_.committed(engine_->counts().newest);
    make_changes(work.changes);
    record_on_request(work.recordings);
    std::move(work.seals.begin(), work.seals.end(), std::back_inserter(seals_));
}

void Writer::commit(Work& work, std::vector<Result<Appended>>& results) {
    const bool takes_events = !work.appends.empty() && has_room();
    if (!takes_events) std::fill(results.begin(), results.end(), Result<Appended>(Errc::journal_full));
    if (!takes_events && work.settles.empty()) return;

    const auto started = steady_clock::now();
    begin_patiently();
    clock_.look();
    const std::uint64_t newest_before = engine_->counts().newest;
    for (std::size_t at = 0; takes_events && at < work.appends.size(); ++at) {
        clock_.admit(engine_->counts().newest + 1, work.appends[at].event->received);
        results[at] = engine_->append(*work.appends[at].event, work.appends[at].routed);
    }
    settle_all(work.settles);
    // Rather beside nothing at all, see tidy(); but with events coming without a pause this is all there is.
    if (takes_events && !inbox_.empty() && started - recorded_ > rejections_overdue) write_down_rejections();
    const bool saves_clock = clock_.is_due();
    if (saves_clock) clock_.save();
    // The sync happens in here, and nothing was answered yet.
    engine_->commit();
    if (saves_clock) clock_.saved();
    uncommitted_rejections_ = 0;
    for (std::size_t at = 0; takes_events && at < work.appends.size(); ++at) {
        if (results[at]->duplicate) continue;
        added_.push_back({results[at]->sequence, work.appends[at].routed, std::move(work.appends[at].event)});
    }
    const auto added = static_cast<std::size_t>(engine_->counts().newest - newest_before);
    if (added > 0) metrics_.committed(added, steady_clock::now() - started);
}

// Another program may look into the database with a lock; waiters have their time-out meanwhile.
void Writer::begin_patiently() {
    const SteadyTime started = steady_clock::now();
    for (;;) {
        try {
            engine_->begin();
            return;
        } catch (const EngineError& error) {
            if (error.kind() != EngineError::Kind::busy) throw;
            if (queue_.closed() && steady_clock::now() - started > foreign_lock_patience) throw;
            came_round();
            set_health({false, error.reason()});
        }
    }
}

void Writer::settle_all(std::vector<PendingSettle>& settles) {
    std::map<SinkNumber, std::vector<Settlement>> by_sink;
    for (PendingSettle& settle : settles) {
        std::vector<Settlement>& all = by_sink[settle.sink];
        std::move(settle.settlements.begin(), settle.settlements.end(), std::back_inserter(all));
    }
    const Instant at = now();
    for (auto& [sink, settlements] : by_sink) {
        engine_->settle(sink, std::move(settlements), at);
    }
}

void Writer::answer_names(std::vector<PendingName>& names) {
    for (PendingName& name : names) {
        Result<SinkNumber> answer = Errc::bad_settings;
        try {
            begin_patiently();
            if (const auto number = engine_->sink_number(name.name)) answer = *number;
            engine_->commit();
        } catch (const EngineError& error) {
            roll_back();
            answer = trouble(error);
            // Its row is written before the first event for it, when there is room for either.
            if (const auto number = engine_->sink_number_later(name.name); number && !failed_)
                answer = *number;
        }
        named_ = steady_clock::now();
        shared_.progress->set_configured(engine_->configured());
        name.done.set_value(answer);
    }
    names.clear();
}

// Each by itself: one that fails takes no other with it.
void Writer::make_changes(std::vector<PendingChange>& changes) {
    // Before what they take out is gone from the disk.
    if (!changes.empty()) shared_.recent->clear();
    for (PendingChange& change : changes) {
        Result<void> answer = Errc::journal_failed;
        try {
            if (!failed_) {
                begin_patiently();
                Ledgers ledgers{*engine_, rejection_keeper_, now()};
                change.change(ledgers);
                engine_->commit();
                if (stands()) answer = Result<void>();
            }
        } catch (const EngineError& error) {
            roll_back();
            answer = trouble(error);
        }
        publish();
        change.done.set_value(answer);
    }
    // A sink may have something due again.
    if (!changes.empty() && !failed_) listeners_.committed(engine_->counts().newest);
}

// What was committed, to the readers.
void Writer::publish() {
    shared_.progress->publish(engine_->counts());
    shared_.recent->committed(std::exchange(added_, {}), engine_->counts(), engine_->scattered());
}

// One piece of housekeeping; short, because the next event may come any moment.
void Writer::tidy() {
    tidied_ = steady_clock::now();
    try {
        if (tidied_ >= next_look_) {
            next_look_ = tidied_ + look_interval;
            if (engine_->look_around()) next_look_ = tidied_ + look_again_interval;
            clock_.look();
            const bool roomy = has_room();
            if (!roomy) retention_.expedite();
            bury_damaged();
            if (roomy && !inbox_.empty() && queue_.idle()) record_rejections();
            forget_surplus_rejections();
            if (roomy && clock_.is_due()) save_clock();
        }
        if (!engine_->tidy() && tidied_ >= retention_.next()) step_retention();
    } catch (const EngineError& error) {
        roll_back();
        retention_.postpone();
        if (error.kind() != EngineError::Kind::busy) trouble(error);
    }
    publish();
    if (std::exchange(news_for_sinks_, false)) listeners_.committed(engine_->counts().newest);
}

// What cannot be read cannot be delivered; it must not block what comes after it, nor vanish silently.
void Writer::bury_damaged() {
    const auto damaged = shared_.progress->take_damaged();
    if (damaged.empty()) return;
    engine_->begin();
    for (const auto& [sink, sequence] : damaged) {
        engine_->settle(sink, {{sequence, Settlement::Kind::dead, 0, "the record is damaged on disk"}},
                        now());
    }
    engine_->commit();
    news_for_sinks_ = true;
}

// Readers are in the way for as long as one of their statements runs; then all waits, but not for long.
void Writer::seal() {
    const SteadyTime started = steady_clock::now();
    if (started < next_seal_) return;
    next_seal_ = started + seal_pause;
    try {
        if (engine_->seal()) return answer_seals(stands() ? Result<void>() : Errc::journal_failed);
    } catch (const EngineError& error) {
        return answer_seals(trouble(error));
    }
    const auto overdue = std::partition(seals_.begin(), seals_.end(),
                                        [&](const PendingSeal& seal) { return seal.until > started; });
    for (auto seal = overdue; seal != seals_.end(); ++seal) seal->done.set_value(Errc::commit_timeout);
    seals_.erase(overdue, seals_.end());
}

void Writer::answer_seals(Result<void> answer) {
    for (PendingSeal& seal : seals_) seal.done.set_value(answer);
    seals_.clear();
}

// While events keep coming.
void Writer::keep_up() {
    try {
        engine_->keep_up();
    } catch (const EngineError& error) {
        if (error.kind() != EngineError::Kind::busy) trouble(error);
    }
}

}  // namespace chathook::journal
