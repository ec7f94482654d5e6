#include "journal/writer.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "journal/schema.hpp"
#include "support/clock.hpp"
#include "support/log.hpp"

namespace chathook::journal {
namespace {

using std::chrono::steady_clock;

// The log is emptied into the database when it passed the first size and nobody waits, or the second. Small,
// because what comes in meanwhile waits: a mebibyte takes two milliseconds, most of them for the sync,
// sixteen take thirty; and because a damaged frame costs all that come after it.
constexpr int log_pages_soft = (1 << 20) / page_bytes;
constexpr int log_pages_busy = (5 << 18) / page_bytes;
constexpr int log_pages_hard = (16 << 20) / page_bytes;  // now readers have to make way

constexpr std::chrono::milliseconds look_interval{1000};   // at the disk while nothing else happens
constexpr std::chrono::milliseconds ballast_interval{20};  // between two pieces of it
constexpr std::chrono::seconds alive_within{10};           // of coming round once
constexpr std::chrono::seconds ready_within{3};            // the same; it wakes every second by itself
constexpr std::chrono::seconds tidy_overdue{1};            // so long tidying up may be put off by new work
constexpr std::chrono::seconds foreign_lock_patience{5};   // while stopping
constexpr std::chrono::seconds rejections_overdue{1};      // at most so often they share a commit with events
constexpr std::chrono::milliseconds seal_patience{50};     // with readers, while everybody waits
constexpr std::chrono::milliseconds seal_pause{100};       // between two tries

int count_log_pages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

Writer::Writer(Database database, const JournalSettings& settings, Queue& queue, Progress& progress,
               Recent& recent, JournalMetrics& metrics, Fatal on_fatal)
    : database_(std::move(database)),
      queue_(queue),
      progress_(progress),
      recent_(recent),
      metrics_(metrics),
      on_fatal_(std::move(on_fatal)),
      store_(database_, settings.dedupe_window, settings.on_damage),
      inbox_(metrics),
      rejections_(database_, settings),
      retention_(database_, store_, settings),
      space_(database_, settings, metrics),
      ballast_(settings),
      checkpoint_at_(log_pages_soft),
      sinks_known_after_(settings.sinks_known_after) {
    sqlite3_wal_hook(database_.handle(), &count_log_pages, &log_pages_);
    publish();
    has_room();
    came_round();
}

void Writer::run() {
    for (;;) {
        Work work = queue_.take(next_wake());
        if (work.closed && work.empty()) break;
        serve(work);
        const bool overdue = steady_clock::now() - tidied_ > tidy_overdue;
        if (!failed_ && !seals_.empty()) seal();
        if (failed_) answer_seals(Errc::journal_failed);
        if (!failed_ && log_pages_ >= std::max(log_pages_busy, checkpoint_at_)) empty_log();
        if (!failed_ && (overdue || queue_.idle())) tidy();
        came_round();
    }
    if (failed_) return answer_seals(Errc::journal_failed);
    try {
        if (!inbox_.empty()) record_rejections();
        checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    } catch (const SqliteError& error) {
        roll_back();
        // All is in the log, and the next start empties it.
        log(LogLevel::warning, "journal_log_not_emptied", {{"reason", error.what()}});
    }
    answer_seals(Errc::shutting_down);
}

SteadyTime Writer::next_wake() const {
    SteadyTime wake = std::min(next_look_, retention_.next());
    if (!seals_.empty()) wake = std::min(wake, next_seal_);
    return failed_ ? steady_clock::now() + look_interval : wake;
}

void Writer::serve(Work& work) {
    if (work.empty()) return;
    std::vector<Result<Appended>> results(work.appends.size(), Errc::journal_failed);
    const std::uint64_t newest_before = store_.counts().newest;
    Result<void> settled = Errc::journal_failed;
    if (!failed_) {
        answer_names(work.names);
        settled = Result<void>();
        try {
            commit(work, results);
        } catch (const SqliteError& error) {
            roll_back();
            const Errc reason = trouble(error);
            std::fill(results.begin(), results.end(), Result<Appended>(reason));
            settled = reason;
        }
        publish();
    }
    queue_.finish(results);
    for (PendingSettle& settle : work.settles) settle.done.set_value(settled);
    for (PendingName& name : work.names) name.done.set_value(Errc::journal_failed);
    if (store_.counts().newest != newest_before) listeners_.committed(store_.counts().newest);
    make_changes(work.changes);
    std::move(work.seals.begin(), work.seals.end(), std::back_inserter(seals_));
}

void Writer::commit(Work& work, std::vector<Result<Appended>>& results) {
    const bool takes_events = !work.appends.empty() && has_room();
    if (!takes_events) std::fill(results.begin(), results.end(), Result<Appended>(Errc::journal_full));
    if (!takes_events && work.settles.empty()) return;

    const auto started = steady_clock::now();
    begin_patiently();
    const std::uint64_t newest_before = store_.counts().newest;
    for (std::size_t at = 0; takes_events && at < work.appends.size(); ++at) {
        results[at] = store_.append(*work.appends[at].event, work.appends[at].routed);
    }
    settle_all(work.settles);
    // Rather beside nothing at all, see tidy(); but with events coming without a pause this is all there is.
    if (takes_events && !inbox_.empty() && started - recorded_ > rejections_overdue) write_down_rejections();
    // The sync happens in here, and nothing was answered yet.
    store_.commit();
    uncommitted_rejections_ = 0;
    for (std::size_t at = 0; takes_events && at < work.appends.size(); ++at) {
        if (results[at]->duplicate) continue;
        added_.push_back({results[at]->sequence, work.appends[at].routed, std::move(work.appends[at].event)});
    }
    const auto added = static_cast<std::size_t>(store_.counts().newest - newest_before);
    if (added > 0) metrics_.committed(added, steady_clock::now() - started);
}

// Another program may look into the database with a lock; waiters have their time-out meanwhile.
void Writer::begin_patiently() {
    const SteadyTime started = steady_clock::now();
    for (;;) {
        try {
            store_.begin();
            return;
        } catch (const SqliteError& error) {
            if (error.kind() != SqliteError::Kind::busy) throw;
            if (queue_.closed() && steady_clock::now() - started > foreign_lock_patience) throw;
            came_round();
            set_health({false, "another program holds the lock of the journal's database"});
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
        store_.settle(sink, std::move(settlements), at);
    }
}

void Writer::answer_names(std::vector<PendingName>& names) {
    for (PendingName& name : names) {
        Result<SinkNumber> answer = Errc::bad_settings;
        try {
            begin_patiently();
            if (const auto number = store_.sink_number(name.name)) answer = *number;
            store_.commit();
        } catch (const SqliteError& error) {
            roll_back();
            answer = trouble(error);
        }
        named_ = steady_clock::now();
        progress_.set_configured(store_.configured());
        name.done.set_value(answer);
    }
    names.clear();
}

// Each by itself: one that fails takes no other with it.
void Writer::make_changes(std::vector<PendingChange>& changes) {
    // Before what they take out is gone from the disk.
    if (!changes.empty()) recent_.clear();
    for (PendingChange& change : changes) {
        Result<void> answer = Errc::journal_failed;
        try {
            if (!failed_) {
                begin_patiently();
                Ledgers ledgers{store_, rejections_, now()};
                change.change(ledgers);
                store_.commit();
                answer = Result<void>();
            }
        } catch (const SqliteError& error) {
            roll_back();
            answer = trouble(error);
        }
        publish();
        change.done.set_value(answer);
    }
    // A sink may have something due again.
    if (!changes.empty() && !failed_) listeners_.committed(store_.counts().newest);
}

// What was committed, to the readers.
void Writer::publish() {
    progress_.publish(store_.counts());
    recent_.committed(std::exchange(added_, {}), store_.counts(), store_.scattered());
}

// One piece of housekeeping; short, because the next event may come any moment.
void Writer::tidy() {
    tidied_ = steady_clock::now();
    try {
        if (tidied_ >= next_look_) {
            ballast_.release_if_needed();
            next_look_ = tidied_ + (ballast_.grow() ? ballast_interval : look_interval);
            const bool roomy = has_room();
            if (!roomy) retention_.hurry();
            bury_damaged();
            if (roomy && !inbox_.empty() && queue_.idle()) record_rejections();
            forget_old_rejections();
        }
        if (log_pages_ >= checkpoint_at_) {
            checkpoint(SQLITE_CHECKPOINT_PASSIVE);
        } else if (tidied_ >= retention_.next()) {
            const bool known = named_ && tidied_ - *named_ > sinks_known_after_;
            retention_.step(now(), known ? ~store_.configured() : 0);
        }
    } catch (const SqliteError& error) {
        roll_back();
        retention_.postpone();
        if (error.kind() != SqliteError::Kind::busy) trouble(error);
    }
    publish();
}

// What cannot be read cannot be delivered; it must not block what comes after it, nor vanish silently.
void Writer::bury_damaged() {
    const auto damaged = progress_.take_damaged();
    if (damaged.empty()) return;
    store_.begin();
    for (const auto& [sink, sequence] : damaged) {
        store_.settle(sink, {{sequence, Settlement::Kind::dead, 0, "the record is damaged on disk"}}, now());
    }
    store_.commit();
}

void Writer::record_rejections() {
    store_.begin();
    write_down_rejections();
    store_.commit();
    uncommitted_rejections_ = 0;
}

// Inside a transaction. If that fails they are lost: the disk has something better to do then.
void Writer::write_down_rejections() {
    const auto taken = inbox_.take();
    if (taken.empty()) return;
    recorded_ = steady_clock::now();
    uncommitted_rejections_ = taken.size();
    rejections_.record(taken, now());
}

void Writer::roll_back() noexcept {
    store_.rollback();
    inbox_.lost(std::exchange(uncommitted_rejections_, 0));
}

void Writer::forget_old_rejections() {
    if (!rejections_.has_surplus(now())) return;
    store_.begin();
    rejections_.forget_surplus(now());
    store_.commit();
}

// Readers are in the way for as long as one of their statements runs; then all waits, but not for long.
void Writer::seal() {
    const SteadyTime started = steady_clock::now();
    if (started < next_seal_) return;
    next_seal_ = started + seal_pause;
    try {
        sqlite3_busy_timeout(database_.handle(), static_cast<int>(seal_patience.count()));
        const int result = checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
        sqlite3_busy_timeout(database_.handle(), static_cast<int>(writer_busy_timeout.count()));
        if (result == SQLITE_OK) return answer_seals({});
    } catch (const SqliteError& error) {
        sqlite3_busy_timeout(database_.handle(), static_cast<int>(writer_busy_timeout.count()));
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
void Writer::empty_log() {
    try {
        checkpoint(log_pages_ < log_pages_hard ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART);
    } catch (const SqliteError& error) {
        if (error.kind() != SqliteError::Kind::busy) trouble(error);
    }
}

// SQLITE_OK or SQLITE_BUSY: a reader was in the way.
int Writer::checkpoint(int mode) {
    int in_log = 0;
    int moved = 0;
    const int result = sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, mode, &in_log, &moved);
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) database_.check(result);
    if (result == SQLITE_OK && moved == in_log) {
        // The next commit starts the log over; until it tells the new count there is nothing to do.
        log_pages_ = 0;
        checkpoint_at_ = log_pages_soft;
    } else {
        // A reader was in the way. Not again before there is more to move.
        checkpoint_at_ = std::max(log_pages_, in_log) + log_pages_soft / 4;
    }
    return result;
}

bool Writer::has_room() {
    const std::optional<std::string> reason = lack_of_room();
    queue_.refuse(reason ? std::optional(Errc::journal_full) : std::nullopt);
    set_health({!reason, reason.value_or("")});
    return !reason;
}

std::optional<std::string> Writer::lack_of_room() {
    if (const auto& reason = space_.trouble(steady_clock::now())) return reason;
    if (ballast_.released() && space_.reusable() < ballast_.room_to_make())
        return "the journal's disk was full and has little room still";
    return std::nullopt;
}

void Writer::came_round() noexcept { came_round_ = steady_clock::now(); }

bool Writer::comes_round(std::chrono::seconds within) const noexcept {
    return steady_clock::now() - came_round_.load() < within;
}

bool Writer::alive() const noexcept { return comes_round(alive_within); }

// Sorts an error of SQLite into what the waiters are told, and remembers what it means for later ones.
Errc Writer::trouble(const SqliteError& error) {
    if (error.kind() == SqliteError::Kind::full) {
        ballast_.release();
        space_.ran_out(steady_clock::now());
        checkpoint_at_ = 1;  // what is in the log need not be there twice
        has_room();
        return Errc::journal_full;
    }
    // Whether the transaction is on disk is not known, and a second sync would not tell: Linux forgets the
    // pages of a failed one. Only a restart, which reads the log anew, finds out.
    if (!failed_) {
        failed_ = true;
        queue_.fail();
        const std::string reason = std::string("the journal's disk failed: ") + error.what();
        set_health({false, reason});
        on_fatal_(reason);
    }
    return Errc::journal_failed;
}

Health Writer::health() const {
    // The disk may hang under the writer's other work too, while no event is being committed.
    if (queue_.stalled() || !comes_round(ready_within)) {
        return {false, "the journal's disk does not answer in time"};
    }
    const std::lock_guard lock(health_mutex_);
    return health_;
}

void Writer::set_health(Health health) {
    const std::lock_guard lock(health_mutex_);
    if (health.writable && !health_.writable) log(LogLevel::info, "journal_writable");
    if (!health.writable && health_.writable) {
        log(LogLevel::error, "journal_not_writable", {{"reason", health.reason}});
    }
    health_ = std::move(health);
}

}  // namespace chathook::journal
