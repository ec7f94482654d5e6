// The journal's one writer: commits what queued up while the last commit ran, answers, and tidies up where
// nobody waits. Owns the engine. run() and all it calls: the writer's thread; the rest: any thread.
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

// What a change of the ledgers works on, inside one transaction.
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

    // Works until the queue is closed and empty, then closes the engine.
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
    void begin_patiently();
    void settle_all(std::vector<PendingSettle>& settles);
    void answer_names(std::vector<PendingName>& names);
    void make_changes(std::vector<PendingChange>& changes);
    void publish();

    void tidy();
    void step_retention();
    void forget_surplus_rejections();
    void save_clock();
    void save_clock_at_stop() noexcept;
    Instant now() const noexcept { return shared_.ages->now(); }  // on the journal's clock
    void bury_damaged();
    void roll_back() noexcept;
    void record_rejections();
    void write_down_rejections();
    void record_on_request(std::vector<PendingRecording>& requests);
    void seal();
    void answer_seals(Result<void> answer);
    void keep_up();
    SteadyTime next_wake() const;

    bool has_room();
    void came_round() noexcept;
    bool comes_round(std::chrono::seconds within) const noexcept;
    Errc trouble(const EngineError& error);
    void fail(const std::string& reason);

    // Whether what was committed will be found; fails when not. Between a commit and its answers.
    bool stands();
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
    SteadyTime next_look_{};            // at the room that there is, and at damaged records
    SteadyTime next_ground_{};          // look at the ground that the engine stands on
    SteadyTime tidied_{};
    bool news_for_sinks_ = false;      // dead letters came or went in a way that no sink knows of yet
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
