// The journal's one writer: commits what queued up while the last commit ran, answers, and tidies up where
// nobody waits. Owns the only connection that writes and checkpoints: SQLite before 3.51.3 can corrupt the
// file when a second one does (docs/decisions/0003-sqlite-journal.md). run() and all it calls: the writer's
// thread; the rest: any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "journal/ballast.hpp"
#include "journal/journal.hpp"
#include "journal/listeners.hpp"
#include "journal/progress.hpp"
#include "journal/queue.hpp"
#include "journal/recent.hpp"
#include "journal/rejections.hpp"
#include "journal/retention.hpp"
#include "journal/space.hpp"
#include "journal/sqlite.hpp"
#include "journal/store.hpp"
#include "support/metrics.hpp"

namespace chathook::journal {

// What a change of the ledgers works on, inside one transaction.
struct Ledgers {
    Store& store;
    RejectionTable& rejections;
    Instant now;
};

class Writer {
public:
    using Fatal = std::function<void(const std::string& reason)>;

    Writer(Database database, const JournalSettings& settings, Queue& queue, Progress& progress,
           Recent& recent, JournalMetrics& metrics, Fatal on_fatal);

    // Works until the queue is closed and empty, then empties the log into the database.
    void run();

    Health health() const;
    bool alive() const noexcept;
    RejectionInbox& rejections() noexcept { return inbox_; }
    const RejectionInbox& rejections() const noexcept { return inbox_; }
    Listeners& listeners() noexcept { return listeners_; }

private:
    void serve(Work& work);
    void commit(Work& work, std::vector<Result<Appended>>& results);
    void begin_patiently();
    void settle_all(std::vector<PendingSettle>& settles);
    void answer_names(std::vector<PendingName>& names);
    void make_changes(std::vector<PendingChange>& changes);
    void publish();

    void tidy();
    void bury_damaged();
    void roll_back() noexcept;
    void record_rejections();
    void write_down_rejections();
    void forget_old_rejections();
    void seal();
    void answer_seals(Result<void> answer);
    void empty_log();
    int checkpoint(int mode);
    SteadyTime next_wake() const;

    bool has_room();
    std::optional<std::string> lack_of_room();
    void came_round() noexcept;
    bool comes_round(std::chrono::seconds within) const noexcept;
    Errc trouble(const SqliteError& error);
    void set_health(Health health);

    Database database_;
    Queue& queue_;
    Progress& progress_;
    Recent& recent_;
    JournalMetrics& metrics_;
    Fatal on_fatal_;
    Store store_;
    RejectionInbox inbox_;
    RejectionTable rejections_;
    Retention retention_;
    Space space_;
    Ballast ballast_;

    std::vector<Recent::Added> added_;  // committed and not yet published
    int log_pages_ = 0;                 // in the write-ahead log, told by SQLite after each commit
    int checkpoint_at_ = 0;             // checkpoint when the log has so many pages and nobody waits
    SteadyTime next_look_{};            // at the disk's space and at damaged records
    SteadyTime tidied_{};
    std::optional<SteadyTime> named_;  // the last time that a sink asked for its number
    SteadyTime recorded_{};            // the last time that rejections were written down
    std::size_t uncommitted_rejections_ = 0;
    std::vector<PendingSeal> seals_;
    SteadyTime next_seal_{};
    const std::chrono::milliseconds sinks_known_after_;
    bool failed_ = false;
    std::atomic<SteadyTime> came_round_;

    mutable std::mutex health_mutex_;
    Health health_;

    Listeners listeners_;
};

}  // namespace chathook::journal
