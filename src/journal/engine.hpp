// What the journal needs from a storage engine: to store events, their deliveries, refused requests and the
// clock, durably and in transactions. The journal (src/journal) decides who waits, what is committed together
// and what is kept how long; an engine (src/store) decides how that is stored. Every engine has to pass
// tests/journal/contract.hpp.
//
// An engine belongs to the writer's thread. A reader may be opened on any thread and belongs to its opener.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/event.hpp>

#include "journal/holding.hpp"
#include "journal/ledgers.hpp"
#include "journal/parcel.hpp"
#include "journal/progress.hpp"
#include "journal/reader.hpp"
#include "journal/recent.hpp"
#include "journal/retained.hpp"
#include "journal/settings.hpp"
#include "journal/words.hpp"
#include "support/metrics.hpp"

namespace chathook::journal {

// An error of an engine, classified by what can be done about it.
class EngineError : public std::runtime_error {
public:
    enum class Kind : std::uint8_t {
        busy,    // another program holds a lock: try again
        full,    // the disk or a quota is exhausted: try again when there is room
        failed,  // the disk failed or its data is damaged: the outcome is unknown, do not try again
    };

    // `message`: what failed, for the log. `reason`: the cause in plain words, such as "the disk is full".
    EngineError(Kind kind, const std::string& message, std::string reason)
        : std::runtime_error(message), reason_(std::move(reason)), kind_(kind) {}

    Kind kind() const noexcept { return kind_; }
    const std::string& reason() const noexcept { return reason_; }

private:
    std::string reason_;
    Kind kind_;
};

// State that readers share with the writer, so that they need not read from the engine what was committed a
// moment ago.
struct Shared {
    std::shared_ptr<Progress> progress;
    std::shared_ptr<Recent> recent;
    std::shared_ptr<Ages> ages;
};

class Engine {
public:
    virtual ~Engine() = default;

    // Reads the part of the stored data that is kept in memory. Only the functions of the clock may be called
    // before it, so that the ages of `shared` are right by then. Returns the events whose time of receipt is
    // in the future by these ages.
    virtual std::vector<Epochs::Run> load() = 0;

    // --- Transactions. Every function that changes something is called between begin() and commit(), except
    // where noted. After an EngineError the caller calls rollback().

    virtual void begin() = 0;
    // Returns once all changes are durable.
    virtual void commit() = 0;
    // Undoes the changes in memory, too.
    virtual void rollback() noexcept = 0;

    // --- Events and their deliveries.

    // Stores the event under the next sequence, unless its key was seen within the deduplication window.
    virtual Appended append(const Event& event, const SinkSet& routed) = 0;

    // After append() was called for each part of `parcel` in turn, with these answers: stores the rest of the
    // request, unless all parts are duplicates. It goes with the last of the events that it was stored with,
    // and its envelope with the first part that is erased.
    virtual void append_request(const Parcel& parcel, std::span<const Appended> appended) = 0;

    // Records how deliveries ended, and attempts that failed. Sequences that are not due for this sink are
    // ignored. `now` here and below is on the journal's clock.
    virtual void settle(SinkNumber sink, std::vector<Settlement> settlements, Instant now) = 0;

    // The three changes that operators order; see Orders.
    virtual std::size_t redeliver(SinkNumber sink, std::span<const std::uint64_t> sequences, Instant now) = 0;
    virtual std::size_t discard(SinkNumber sink, std::span<const std::uint64_t> sequences) = 0;
    virtual Erased erase(std::span<const std::uint64_t> sequences, const SinkRemainders& remainders,
                         Instant now) = 0;

    // After the last change, whether it is committed or not.
    virtual const Counts& counts() const noexcept = 0;

    // --- Sinks.

    // The number of that name, assigned if the name is new. From now on the sink counts as configured.
    virtual SinkNumber sink_number(std::string_view name) = 0;
    // The same outside of a transaction, for a disk that is full: a new number exists in memory only until
    // the next begin() stores it, which is before any event can be routed to the sink.
    virtual SinkNumber sink_number_later(std::string_view name) = 0;
    virtual const SinkSet& configured() const noexcept = 0;
    virtual std::string name_of(SinkNumber sink) const = 0;

    // --- Refused requests.

    virtual void record(std::span<const Rejection> rejections, Instant now) = 0;
    virtual std::size_t forget_rejections(std::span<const std::uint64_t> numbers) = 0;
    // The next two list them for rejection_keeper.hpp and take no transaction.
    // The last number before the `keep` newest ones; 0: there are no others.
    virtual std::uint64_t last_rejection_before_newest(std::size_t keep) = 0;
    // The oldest ones, in the order of their numbers.
    virtual void visit_rejections(std::size_t rows_max, const VisitRow<RetainedRejection>& visit) = 0;

    // --- The clock.

    // The state at the last stop; nothing in a new journal, or in one of a version that kept no clock.
    virtual std::optional<ClockState> saved_clock() = 0;
    virtual std::vector<Epoch> saved_epochs() = 0;
    // The latest time that is stored in a journal without a clock.
    virtual std::optional<Instant> latest_time() = 0;
    // Makes the ages of rows of such a version count from `now` at the latest. Outside of a transaction.
    // Returns whether some row was younger than that.
    virtual bool bound_ages(Instant now) = 0;
    virtual void save_clock(const ClockState& state) = 0;
    virtual void save_epochs(const std::vector<Epoch>& epochs) = 0;
    // The first sequence of which anything is stored; 0: none.
    virtual std::uint64_t oldest_sequence() = 0;

    // --- Retention. What is deleted when is decided by retention.hpp; an engine lists rows and carries out.
    // Every list is in the order of sequences and has at most `rows_max` rows. It takes no transaction.

    // What is due again for `sink` since before `limit`, on the journal's clock.
    virtual std::vector<std::uint64_t> due_again_before(SinkNumber sink, Instant limit,
                                                        std::size_t rows_max) = 0;
    // Dead letters behind the one of `after_sink` with the sequence `after`; of one sequence by sink.
    virtual std::vector<RetainedDeadLetter> dead_letters(std::uint64_t after, SinkNumber after_sink,
                                                         std::size_t rows_max) = 0;
    // All lines of the ledger behind the sequence `after`, also those that are not routed to `sink`.
    virtual void visit_ledger(SinkNumber sink, std::uint64_t after, std::size_t rows_max,
                              const VisitRow<RetainedLine>& visit) = 0;
    // Events with a record behind the sequence `after`.
    virtual void visit_events(std::uint64_t after, std::size_t rows_max,
                              const VisitRow<RetainedEvent>& visit) = 0;
    // Groups of lines behind the group that begins with `after`.
    virtual void visit_groups(std::uint64_t after, std::size_t rows_max,
                              const VisitRow<RetainedGroup>& visit) = 0;

    // Deletes the records of these sequences, which rise, and the lines that only they held.
    virtual void forget(std::span<const std::uint64_t> sequences, Instant now) = 0;
    // Deletes the lines of the group that begins with `first`, after which their keys count as new; unless
    // one of these keys is still within the deduplication window, a record of the group is left, or the
    // newest line is among them, from which the next sequence is counted.
    virtual void forget_lines(std::uint64_t first, Instant now) = 0;

    // --- The disk.

    // Why there is no room for more events, as a plain sentence; nothing if there is room.
    virtual std::optional<std::string> reason_for_no_room() = 0;
    // Call this after an error of the kind `full`, with its reason: frees what can be freed.
    virtual void ran_out_of_room(const std::string& reason) = 0;
    // The meaning of an error of the kind `failed`, as a sentence that contains advice.
    virtual std::string reason_of_failure(const EngineError& error) const = 0;
    // Checks between a commit and its answers that the next start will find what was committed; it will not
    // if a path leads elsewhere by now or a session was lost. Then saves what can be saved, and returns why,
    // as a sentence that contains advice; nothing while everything is in place.
    virtual std::optional<std::string> rescue_if_lost() = 0;
    // From now on nothing is written any more, not even by the destructor.
    virtual void abandon() noexcept = 0;

    // --- Housekeeping.

    // Called once a second, and again soon if it returns true.
    virtual bool run_periodic_work() = 0;
    // Called after each batch: work that must not wait for a quiet moment, because there may be none.
    virtual void keep_up() = 0;
    // Called in a quiet moment, before a step of retention. Returns whether there was something to do.
    virtual bool tidy() = 0;
    // Removes every byte of what was erased from the files. False: a reader prevents it, try again.
    virtual bool seal() = 0;
    // Called before a stop: does work that the next start would have to do.
    virtual void close() = 0;
    // Directories with copies of damaged files, which no erasure reaches.
    virtual std::vector<std::filesystem::path> copies() const = 0;

    // Throws std::runtime_error when it cannot be opened for reading. Any thread.
    virtual std::unique_ptr<Reader> open_reader(const Shared& shared) = 0;
};

// Opens an engine; throws OpenError.
using OpenEngine =
    std::function<std::unique_ptr<Engine>(const JournalSettings&, JournalMetrics&, const Shared&)>;

}  // namespace chathook::journal
