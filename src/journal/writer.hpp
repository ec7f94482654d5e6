// The journal's only writer: commits what queued up while the last commit ran, answers the callers, and does
// housekeeping while nobody waits. Owns the engine. run() and everything that it calls belong to the writer's
// thread; the other member functions may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "journal/clock_keeper.hpp"
#include "journal/engine.hpp"
#include "journal/health.hpp"
#include "journal/listeners.hpp"
#include "journal/queue.hpp"
#include "journal/rejection_inbox.hpp"
#include "journal/rejection_keeper.hpp"
#include "journal/retention.hpp"
#include "support/metrics.hpp"

namespace chathook::journal {

// What a change of the ledgers may use, inside its transaction.
struct Ledgers {
    Engine& engine;
    RejectionKeeper& rejections;
    Instant now;  // on the journal's clock
};

class Writer {
public:
    using Fatal = std::function<void(const std::string& reason)>;

    Writer(std::unique_ptr<Engine> engine, const JournalSettings& settings, Queue& queue, Shared shared,
           JournalMetrics& metrics, Fatal on_fatal);

    // Runs until the queue is closed and empty, then closes the engine.
    void run();

    Health health() const;
    bool alive() const noexcept;
    std::unique_ptr<Reader> open_reader() { return engine_->open_reader(shared_); }
    std::vector<std::filesystem::path> copies() const { return engine_->copies(); }
    RejectionInbox& rejections() noexcept { return inbox_; }
    const RejectionInbox& rejections() const noexcept { return inbox_; }
    Listeners& listeners() noexcept { return listeners_; }

private:
    void serve(Work& work);
    void commit(Work& work, std::vector<Result<Appended>>& results);
    Appended append(const Event& event, const SinkSet& routed);
    void append_parcel(PendingParcel& pending);
    void take_added(PendingAppend& append, const Appended& appended);
    void begin_when_unlocked();
    void settle_all(std::vector<PendingSettle>& settles);
    void number_sinks(std::vector<PendingName>& names);
    void make_changes(std::vector<PendingChange>& changes);
    void publish();

    void tidy();
    void step_retention();
    void forget_surplus_rejections();
    void save_clock();
    void save_clock_at_stop() noexcept;
    Instant now() const noexcept { return shared_.ages->now(); }  // on the journal's clock
    void mark_damaged_dead();
    void roll_back() noexcept;
    void record_rejections();
    void record_waiting_rejections();
    void record_when_asked(std::vector<PendingRecording>& requests);
    void seal();
    void answer_seals(Result<void> answer);
    void keep_up();
    SteadyTime next_wake() const;

    // Makes the queue refuse events while there is no room for them. Returns whether there is.
    bool check_room();
    void note_active() noexcept;
    bool active_within(std::chrono::seconds within) const noexcept;
    Errc handle_error(const EngineError& error);
    void fail(const std::string& reason);

    // Checks between a commit and its answers that the next start will find what was committed. If it will
    // not, the journal fails and this returns false.
    bool check_files();
    void set_health(Health health);

    std::unique_ptr<Engine> engine_;
    Queue& queue_;
    Shared shared_;
    JournalMetrics& metrics_;
    Fatal on_fatal_;
    ClockKeeper clock_;
    Retention retention_;
    RejectionKeeper rejection_keeper_;
    RejectionInbox inbox_;

    std::vector<Recent::Added> added_;  // committed and not yet published
    SteadyTime next_check_{};           // for room, and for damaged records
    SteadyTime next_files_check_{};     // that the files are still in place
    SteadyTime last_tidied_{};
    bool counts_changed_ = false;              // of dead letters or waiting events, and no sink was told yet
    std::optional<SteadyTime> last_numbered_;  // when a sink last asked for its number
    SteadyTime last_recorded_{};               // when refused requests were last recorded
    std::size_t uncommitted_rejections_ = 0;
    std::vector<PendingSeal> seals_;
    SteadyTime next_seal_{};
    const std::chrono::milliseconds sinks_known_after_;
    bool failed_ = false;
    std::atomic<SteadyTime> last_active_;

    mutable std::mutex health_mutex_;
    Health health_;

    Listeners listeners_;
};

}  // namespace chathook::journal
