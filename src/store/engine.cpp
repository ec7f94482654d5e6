#include "store/engine.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "disk/ballast.hpp"
#include "disk/files.hpp"
#include "disk/ground.hpp"
#include "disk/recovery.hpp"
#include "sqlite/log_keeper.hpp"
#include "sqlite/memory_index.hpp"
#include "store/clock_table.hpp"
#include "store/reader.hpp"
#include "store/rejection_table.hpp"
#include "store/retention_rows.hpp"
#include "store/saved_index.hpp"
#include "store/schema.hpp"
#include "store/space.hpp"
#include "store/store.hpp"
#include "support/log.hpp"

namespace chathook::store {
namespace {

using disk::Ballast;
using disk::DirectoryLock;
using disk::Ground;
using disk::LogState;
using sqlite::IndexInMemory;
using sqlite::keep_others_out;

constexpr std::string_view log_was_saved =
    ". All that it held was moved into the database before the daemon ended, so no event is lost. Put "
    "nothing back and start the daemon again";
constexpr std::string_view log_was_not_saved =
    ". What it held could not be moved into the database, so events that were answered may be missing. Put "
    "the log back before the next start; if that cannot be done, set journal.on_damage: go_on to start "
    "without them";

std::string log_was_overwritten(const EngineError& error) {
    return error.reason() +
           ": somebody wrote over them while the daemon ran, or the disk is damaged. Events that were "
           "answered "
           "may be lost. Nothing was moved into the database; keep a copy of the directory, then look at it "
           "with "
           "chathookd verify-journal";
}

struct Opened {
    std::unique_ptr<DirectoryLock> lock;  // declared first, so that it is released last
    Database database;
    Ground ground;
    // An earlier process's log is not in the database yet, because there was no room.
    bool log_not_emptied = false;
};

// Keeps the log's index in memory and leaves the content of the log where it is.
Opened open_on_full_disk(std::unique_ptr<DirectoryLock>& lock) {
    bool log_not_emptied = false;
    const IndexInMemory index;
    Database database = open_for_writing(lock->database_file(), &log_not_emptied);
    if (!keep_others_out(lock->descriptors().back())) {
        log(LogLevel::warning, "journal_open_to_other_programs",
            {{"hint", "open journal.sqlite with no other program before the next start"}});
    }
    log(LogLevel::error, "journal_opened_on_full_disk", {{"path", lock->directory().string()}});
    Ground ground(*lock, Ground::Index::in_memory);
    return {std::move(lock), std::move(database), std::move(ground), log_not_emptied};
}

Opened open_checked(const JournalSettings& settings) {
    auto lock = std::make_unique<DirectoryLock>(settings.directory);
    // SQLite could not even create the log's index on a full disk.
    Ballast ballast(lock->descriptors().front(), settings);
    ballast.release_if_needed();
    disk::report_missing_log(lock->database_file(), lock->log_state(), settings.on_damage);
    disk::recover(lock->database_file(), settings.on_damage);
    // Opening the database moves all of the log into it and empties the file.
    if (lock->log_state() == LogState::filled) lock->set_log_state(LogState::exists);
    for (bool again = false;; again = true) {
        try {
            bool log_not_emptied = false;
            Database database = open_for_writing(lock->database_file(), &log_not_emptied);
            Ground ground(*lock, Ground::Index::on_disk);
            return {std::move(lock), std::move(database), std::move(ground), log_not_emptied};
        } catch (const NoRoom&) {
            if (again || !ballast.release()) return open_on_full_disk(lock);
        }
    }
}

class SqliteEngine final : public journal::Engine {
public:
    SqliteEngine(const JournalSettings& settings, JournalMetrics& metrics, const journal::Shared& shared)
        : SqliteEngine(open_checked(settings), settings, metrics, shared) {}

    std::vector<Epochs::Run> load() override {
        // If this fails, a log that is recorded to be there is still there at the next start.
        const bool log_needed = lock_->log_state() != LogState::moved;
        if (log_needed) keep_log_when_closed();
        store_.emplace(database_, settings_.dedupe_window, settings_.on_damage, ages_, take_index());
        retention_rows_.emplace(database_, *store_);
        // Opening created the log and its index, and SQLite does not report if their names were not synced.
        // This is not done earlier, because an engine that cannot be loaded removes its log when it closes.
        if (log_needed) keep_log_when_closed(false);
        lock_->sync();
        lock_->set_log_state(LogState::exists);
        index_.remove();
        disk::warn_about_place(settings_.directory);
        return store_->future_runs();
    }

    void begin() override { store_->begin(); }
    void commit() override {
        store_->commit();
        // A transaction that changed nothing leaves an emptied log empty.
        if (lock_->log_state() != LogState::filled && disk::may_hold_commit(lock_->database_file()))
            lock_->set_log_state(LogState::filled);
    }
    void rollback() noexcept override {
        clock_counts_all_ = false;
        store_->rollback();
    }

    Appended append(const Event& event, const SinkSet& routed) override {
        clock_counts_all_ = false;
        return store_->append(event, routed);
    }
    void append_request(const journal::Parcel& parcel, std::span<const Appended> appended) override {
        store_->append_request(parcel, appended);
    }
    void settle(SinkNumber sink, std::vector<Settlement> settlements, Instant now) override {
        store_->settle(sink, std::move(settlements), now);
    }
    std::size_t redeliver(SinkNumber sink, std::span<const std::uint64_t> sequences, Instant now) override {
        return store_->redeliver(sink, sequences, now);
    }
    std::size_t discard(SinkNumber sink, std::span<const std::uint64_t> sequences) override {
        return store_->discard(sink, sequences);
    }
    Erased erase(std::span<const std::uint64_t> sequences, const SinkRemainders& remainders,
                 Instant now) override {
        return store_->erase(sequences, remainders, now);
    }
    const Counts& counts() const noexcept override { return store_->counts(); }

    SinkNumber sink_number(std::string_view name) override { return store_->sink_number(name); }
    SinkNumber sink_number_later(std::string_view name) override { return store_->sink_number_later(name); }
    const SinkSet& configured() const noexcept override { return store_->configured(); }
    std::string name_of(SinkNumber sink) const override { return store_->name_of(sink); }

    void record(std::span<const Rejection> rejections, Instant now) override {
        rejections_.record(rejections, now);
    }
    std::size_t forget_rejections(std::span<const std::uint64_t> numbers) override {
        return rejections_.forget(numbers);
    }
    std::uint64_t last_rejection_before_newest(std::size_t keep) override {
        return rejections_.last_before_newest(keep);
    }
    void visit_rejections(std::size_t rows_max, const VisitRow<RetainedRejection>& visit) override {
        rejections_.visit_oldest(rows_max, visit);
    }

    std::optional<ClockState> saved_clock() override { return clock_.load(); }
    std::vector<Epoch> saved_epochs() override { return clock_.load_epochs(); }
    std::optional<Instant> latest_time() override { return clock_.latest(); }
    bool bound_ages(Instant now) override { return clock_.bound_ages(now); }
    void save_clock(const ClockState& state) override {
        clock_.save(state);
        clock_counts_all_ = true;
    }
    void save_epochs(const std::vector<Epoch>& epochs) override { clock_.save_epochs(epochs); }
    std::uint64_t oldest_sequence() override { return clock_.oldest_sequence(); }

    std::vector<std::uint64_t> due_again_before(SinkNumber sink, Instant limit,
                                                std::size_t rows_max) override {
        return retention_rows_->due_again_before(sink, limit, rows_max);
    }
    std::vector<RetainedDeadLetter> dead_letters(std::uint64_t after, SinkNumber after_sink,
                                                 std::size_t rows_max) override {
        return retention_rows_->dead_letters(after, after_sink, rows_max);
    }
    void visit_ledger(SinkNumber sink, std::uint64_t after, std::size_t rows_max,
                      const VisitRow<RetainedLine>& visit) override {
        retention_rows_->visit_ledger(sink, after, rows_max, visit);
    }
    void visit_events(std::uint64_t after, std::size_t rows_max,
                      const VisitRow<RetainedEvent>& visit) override {
        retention_rows_->visit_events(after, rows_max, visit);
    }
    void visit_groups(std::uint64_t after, std::size_t rows_max,
                      const VisitRow<RetainedGroup>& visit) override {
        retention_rows_->visit_groups(after, rows_max, visit);
    }
    void forget(std::span<const std::uint64_t> sequences, Instant now) override {
        store_->forget(sequences, now);
    }
    void forget_lines(std::uint64_t first, Instant now) override { store_->forget_lines(first, now); }

    std::optional<std::string> reason_for_no_room() override {
        if (const auto& reason = space_.trouble(std::chrono::steady_clock::now())) return reason;
        if (log_.left()) return "the journal's disk was full at the start and its log is not emptied yet";
        if (ballast_.released() && space_.reusable() < ballast_.room_to_make())
            return "the journal's disk was full and has little room still";
        return std::nullopt;
    }
    void ran_out_of_room(const std::string& reason) override {
        ballast_.release();
        space_.ran_out(std::chrono::steady_clock::now(), reason);
        log_.ran_out_of_room();
    }
    std::string reason_of_failure(const EngineError& error) const override {
        if (dynamic_cast<const sqlite::LogOverwritten*>(&error) != nullptr) return log_was_overwritten(error);
        const auto* of_sqlite = dynamic_cast<const sqlite::SqliteError*>(&error);
        if (of_sqlite != nullptr && of_sqlite->code() == SQLITE_IOERR_CORRUPTFS)
            return ground_.log_cut().reason;
        return std::string("the journal's disk failed: ") + error.what();
    }
    std::optional<std::string> rescue_if_lost() override {
        const auto loss = ground_.lost();
        if (!loss) return std::nullopt;
        if (!loss->log_removed) return loss->reason;
        const bool saved = log_.rescue();
        if (saved) lock_->set_log_state(LogState::moved);
        return loss->reason + std::string(saved ? log_was_saved : log_was_not_saved);
    }
    // Closing must not write, and must not delete the log by its name, which may belong to another journal by
    // now.
    void abandon() noexcept override { keep_log_when_closed(); }

    bool run_periodic_work() override {
        ballast_.release_if_needed();
        const bool more = ballast_.grow();
        if (progress_->take_malformed()) log_.require_whole();
        log_.look();
        return more;
    }
    void keep_up() override { log_.keep_up(); }
    bool tidy() override { return log_.tidy(); }
    bool seal() override { return log_.truncate(); }
    void close() override {
        log_.require_whole();
        const auto identity = announce_index();
        // A reader that prevents emptying the log now may have ended when the database is closed.
        if (!log_.empty()) return keep_log_when_closed();
        lock_->set_log_state(LogState::moved);
        if (identity) save_index(*identity);
    }
    std::vector<std::filesystem::path> copies() const override {
        return disk::copies_beside(lock_->database_file());
    }

    std::unique_ptr<Reader> open_reader(const journal::Shared& shared) override {
        return make_sqlite_reader(lock_->database_file(), shared);
    }

private:
    SqliteEngine(Opened opened, const JournalSettings& settings, JournalMetrics& metrics,
                 const journal::Shared& shared)
        : settings_(settings),
          ages_(shared.ages),
          progress_(shared.progress),
          lock_(std::move(opened.lock)),
          database_(std::move(opened.database)),
          ground_(std::move(opened.ground)),
          rejections_(database_),
          clock_(database_),
          space_(database_, settings, metrics),
          ballast_(ground_.directory(), settings),
          index_(ground_.directory()),
          log_(database_, opened.log_not_emptied, writer_busy_timeout,
               [this] { lock_->set_log_state(LogState::exists); }) {}

    // The index of keys that the last stop saved, where it belongs to the database as it is now.
    std::optional<KeyIndex> take_index() {
        const auto identity = index_identity(database_);
        if (!index_.exists()) return std::nullopt;
        try {
            if (!identity) throw IndexProblem("something was written since, or it is of another journal");
            KeyIndex keys = index_.load(indexed(*identity), ages_->now());
            log(LogLevel::info, "journal_index_used", {{"events", std::to_string(keys.size())}});
            return keys;
        } catch (const IndexProblem& problem) {
            log(LogLevel::info, "journal_index_not_used",
                {{"path", index_path()}, {"reason", problem.what()}});
            return std::nullopt;
        }
    }

    // The last transaction of a stop. Nothing if there is no room for it; then no index is saved.
    std::optional<IndexIdentity> announce_index() {
        try {
            // The next start looks through the ledger for events from the future, which is none where it
            // knows the clock of this one.
            if (!clock_counts_all_) throw IndexProblem("the journal's clock could not be saved");
            const IndexIdentity identity = new_index_identity();
            begin();
            store_->mark_saved(identity);
            commit();
            return identity;
        } catch (const EngineError& error) {
            rollback();
            if (error.kind() == EngineError::Kind::failed) throw;
            report_unsaved(error.reason());
        } catch (const IndexProblem& problem) {
            report_unsaved(problem.what());
        }
        return std::nullopt;
    }

    void save_index(const IndexIdentity& identity) {
        try {
            const auto free = disk::free_bytes(ground_.directory());
            const std::uint64_t bytes = store_->keys().size() * sizeof(KeyIndex::Entry);
            if (free && *free < settings_.min_free_disk + bytes)
                throw IndexProblem("it would leave less of the disk than journal.min_free_disk");
            index_.save(indexed(identity), ages_->now(), store_->keys());
        } catch (const IndexProblem& problem) {
            report_unsaved(problem.what());
        }
    }

    void report_unsaved(const std::string& reason) const {
        log(LogLevel::info, "journal_index_not_saved", {{"path", index_path()}, {"reason", reason}});
    }

    std::string index_path() const { return (settings_.directory / SavedIndex::file_name).string(); }

    IndexedDatabase indexed(const IndexIdentity& identity) {
        return {identity, lock_->descriptors().back(), newest_line(database_)};
    }

    void keep_log_when_closed(bool keep = true) noexcept {
        sqlite3_db_config(database_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0,
                          static_cast<int*>(nullptr));
    }

    const JournalSettings settings_;
    std::shared_ptr<const Ages> ages_;
    std::shared_ptr<journal::Progress> progress_;
    std::unique_ptr<DirectoryLock> lock_;
    Database database_;
    Ground ground_;
    std::optional<Store> store_;  // set by load(), as retention_rows_
    RejectionTable rejections_;
    ClockTable clock_;
    std::optional<RetentionRows> retention_rows_;
    Space space_;
    Ballast ballast_;
    SavedIndex index_;
    bool clock_counts_all_ = false;  // it was saved, and nothing was appended since
    sqlite::LogKeeper log_;
};

}  // namespace

std::unique_ptr<journal::Engine> open_engine(const journal::JournalSettings& settings,
                                             JournalMetrics& metrics, const journal::Shared& shared) {
    return std::make_unique<SqliteEngine>(settings, metrics, shared);
}

}  // namespace chathook::store
