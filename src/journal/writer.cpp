#include "journal/writer.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "support/log.hpp"

namespace chathook::journal {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds check_interval{1000};      // while there is nothing else to do
constexpr std::chrono::milliseconds check_again_interval{20};  // when the engine has not finished
constexpr std::chrono::seconds tidy_overdue{1};                // new work delays housekeeping no longer
constexpr std::chrono::seconds foreign_lock_patience{5};       // while stopping
constexpr std::chrono::seconds rejections_overdue{1};  // they share a commit with events no more often
constexpr std::chrono::milliseconds seal_pause{100};   // between two attempts

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
    check_room();
    note_active();
}

void Writer::run() {
    for (;;) {
        Work work = queue_.take(next_wake());
        if (work.closed && work.empty()) break;
        serve(work);
        if (!failed_ && steady_clock::now() >= next_files_check_) check_files();
        const bool overdue = steady_clock::now() - last_tidied_ > tidy_overdue;
        if (!failed_ && !seals_.empty()) seal();
        if (failed_) answer_seals(Errc::journal_failed);
        if (!failed_) keep_up();
        if (!failed_ && (overdue || queue_.idle())) tidy();
        note_active();
    }
    // The log is only emptied where the next start will find it.
    if (failed_ || !check_files()) return answer_seals(Errc::journal_failed);
    try {
        if (!inbox_.empty()) record_rejections();
        save_clock_at_stop();
        engine_->close();
    } catch (const EngineError& error) {
        roll_back();
        if (error.kind() == EngineError::Kind::failed) {
            handle_error(error);
        } else {
            // Everything is in the log, and the next start empties it.
            log(LogLevel::warning, "journal_log_not_emptied", {{"reason", error.what()}});
        }
    }
    answer_seals(Errc::shutting_down);
}

SteadyTime Writer::next_wake() const {
    SteadyTime wake = std::min({next_check_, next_files_check_, retention_.next()});
    if (!seals_.empty()) wake = std::min(wake, next_seal_);
    return failed_ ? steady_clock::now() + check_interval : wake;
}

void Writer::serve(Work& work) {
    if (work.empty()) return;
    std::vector<Result<Appended>> results(work.appends.size(), Errc::journal_failed);
    const std::uint64_t newest_before = engine_->counts().newest;
    Result<void> settled = Errc::journal_failed;
    if (!failed_) {
        number_sinks(work.names);
        settled = Result<void>();
        try {
            commit(work, results);
        } catch (const EngineError& error) {
            roll_back();
            const Errc reason = handle_error(error);
            std::fill(results.begin(), results.end(), Result<Appended>(reason));
            settled = reason;
        }
        publish();
        if (!failed_ && !check_files()) {
            std::fill(results.begin(), results.end(), Result<Appended>(Errc::journal_failed));
            settled = Errc::journal_failed;
        }
    }
    queue_.finish(results);
    for (PendingSettle& settle : work.settles) settle.done.set_value(settled);
    for (PendingName& name : work.names) name.done.set_value(Errc::journal_failed);
    if (engine_->counts().newest != newest_before) listeners_.committed(engine_->counts().newest);
    make_changes(work.changes);
    record_when_asked(work.recordings);
    std::move(work.seals.begin(), work.seals.end(), std::back_inserter(seals_));
}

void Writer::commit(Work& work, std::vector<Result<Appended>>& results) {
    const bool takes_events = !work.appends.empty() && check_room();
    if (!takes_events) std::fill(results.begin(), results.end(), Result<Appended>(Errc::journal_full));
    if (!takes_events && work.settles.empty()) return;

    const auto started = steady_clock::now();
    begin_when_unlocked();
    clock_.update();
    const std::uint64_t newest_before = engine_->counts().newest;
    for (std::size_t at = 0; takes_events && at < work.appends.size(); ++at) {
        PendingAppend& next = work.appends[at];
        if (next.parcel == nullptr) {
            results[at] = append(*next.event, next.routed);
        } else {
            append_parcel(*next.parcel);
            results[at] = Appended{};
        }
    }
    settle_all(work.settles);
    // Preferably in a transaction of their own, see tidy(); but while events come without a pause there is no
    // other opportunity.
    if (takes_events && !inbox_.empty() && started - last_recorded_ > rejections_overdue)
        record_waiting_rejections();
    const bool saves_clock = clock_.is_due();
    if (saves_clock) clock_.save();
    // This includes the sync. No append was answered before it.
    engine_->commit();
    if (saves_clock) clock_.saved();
    uncommitted_rejections_ = 0;
    for (std::size_t at = 0; takes_events && at < work.appends.size(); ++at) {
        take_added(work.appends[at], *results[at]);
    }
    const auto added = static_cast<std::size_t>(engine_->counts().newest - newest_before);
    if (added > 0) metrics_.committed(added, steady_clock::now() - started);
}

Appended Writer::append(const Event& event, const SinkSet& routed) {
    clock_.admit(engine_->counts().newest + 1, event.received);
    return engine_->append(event, routed);
}

void Writer::append_parcel(PendingParcel& pending) {
    pending.appended.clear();
    for (const Parcel::Part& part : pending.parcel->parts)
        pending.appended.push_back(append(*part.event, part.sinks));
    engine_->append_request(*pending.parcel, pending.appended);
}

// Keeps what a commit added, for publish().
void Writer::take_added(PendingAppend& append, const Appended& appended) {
    if (append.parcel == nullptr) {
        if (!appended.duplicate)
            added_.push_back({appended.sequence, std::move(append.routed), std::move(append.event)});
        return;
    }
    for (std::size_t at = 0; at < append.parcel->appended.size(); ++at) {
        const Parcel::Part& part = append.parcel->parcel->parts[at];
        const Appended& each = append.parcel->appended[at];
        if (!each.duplicate) added_.push_back({each.sequence, part.sinks, part.event});
    }
}

// Another program may hold a lock on the database. Meanwhile the watchdog answers appends that time out.
void Writer::begin_when_unlocked() {
    const SteadyTime started = steady_clock::now();
    for (;;) {
        try {
            engine_->begin();
            return;
        } catch (const EngineError& error) {
            if (error.kind() != EngineError::Kind::busy) throw;
            if (queue_.closed() && steady_clock::now() - started > foreign_lock_patience) throw;
            note_active();
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

void Writer::number_sinks(std::vector<PendingName>& names) {
    for (PendingName& name : names) {
        Result<SinkNumber> answer = Errc::bad_settings;
        try {
            begin_when_unlocked();
            const SinkNumber number = engine_->sink_number(name.name);
            engine_->commit();
            answer = number;
        } catch (const EngineError& error) {
            roll_back();
            answer = handle_error(error);
            // Its row is written before the first event for it, when there is room for both.
            const SinkNumber number = engine_->sink_number_later(name.name);
            if (!failed_) answer = number;
        }
        last_numbered_ = steady_clock::now();
        shared_.progress->set_configured(engine_->configured());
        name.done.set_value(answer);
    }
    names.clear();
}

// Each in a transaction of its own, so that one that fails does not affect the others.
void Writer::make_changes(std::vector<PendingChange>& changes) {
    // Readers must not find in memory what a change removes from the disk.
    if (!changes.empty()) shared_.recent->clear();
    for (PendingChange& change : changes) {
        Result<void> answer = Errc::journal_failed;
        try {
            if (!failed_) {
                begin_when_unlocked();
                Ledgers ledgers{*engine_, rejection_keeper_, now()};
                change.change(ledgers);
                engine_->commit();
                if (check_files()) answer = Result<void>();
            }
        } catch (const EngineError& error) {
            roll_back();
            answer = handle_error(error);
        }
        publish();
        change.done.set_value(answer);
    }
    // A sink may have something due again now.
    if (!changes.empty() && !failed_) listeners_.committed(engine_->counts().newest);
}

// Shows the readers what was committed.
void Writer::publish() {
    shared_.progress->publish(engine_->counts());
    shared_.recent->committed(std::exchange(added_, {}), engine_->counts());
}

// One piece of housekeeping. It is short, because the next event may come at any moment.
void Writer::tidy() {
    last_tidied_ = steady_clock::now();
    try {
        if (last_tidied_ >= next_check_) {
            next_check_ = last_tidied_ + check_interval;
            if (engine_->run_periodic_work()) next_check_ = last_tidied_ + check_again_interval;
            clock_.update();
            const bool has_room = check_room();
            if (!has_room) retention_.expedite();
            mark_damaged_dead();
            if (has_room && !inbox_.empty() && queue_.idle()) record_rejections();
            forget_surplus_rejections();
            if (has_room && clock_.is_due()) save_clock();
        }
        if (!engine_->tidy() && last_tidied_ >= retention_.next()) step_retention();
    } catch (const EngineError& error) {
        roll_back();
        retention_.postpone();
        if (error.kind() != EngineError::Kind::busy) handle_error(error);
    }
    publish();
    if (std::exchange(counts_changed_, false)) listeners_.committed(engine_->counts().newest);
}

// A record that cannot be read cannot be delivered. It must not block the events behind it, nor disappear
// without a trace, so it becomes a dead letter.
void Writer::mark_damaged_dead() {
    const auto damaged = shared_.progress->take_damaged();
    if (damaged.empty()) return;
    engine_->begin();
    for (const auto& [sink, sequence] : damaged) {
        engine_->settle(sink, {{sequence, Settlement::Kind::dead, 0, "the record is damaged on disk"}},
                        now());
    }
    engine_->commit();
    counts_changed_ = true;
}

// A reader prevents this for as long as one of its statements runs. Each attempt is short, so that events are
// committed between two of them.
void Writer::seal() {
    const SteadyTime started = steady_clock::now();
    if (started < next_seal_) return;
    next_seal_ = started + seal_pause;
    try {
        if (engine_->seal()) return answer_seals(check_files() ? Result<void>() : Errc::journal_failed);
    } catch (const EngineError& error) {
        return answer_seals(handle_error(error));
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

// Work that must not wait for a quiet moment, because there may be none while events keep coming.
void Writer::keep_up() {
    try {
        engine_->keep_up();
    } catch (const EngineError& error) {
        if (error.kind() != EngineError::Kind::busy) handle_error(error);
    }
}

}  // namespace chathook::journal
