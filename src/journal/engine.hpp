// What the promise asks of an engine: to keep events, what became of them at each sink, refused requests and
// the clock, durably and in transactions. The promise (src/journal) decides who waits, what is committed
// together and what is kept how long; an engine (src/store) knows how that stands on a disk. What every
// engine has to pass is tests/journal/contract.hpp.
//
// An engine belongs to the writer's thread. Readers are made by any thread and belong to who made them.
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

#include "journal/age_clock.hpp"
#include "journal/ages.hpp"
#include "journal/holding.hpp"
#include "journal/ledgers.hpp"
#include "journal/progress.hpp"
#include "journal/reader.hpp"
#include "journal/recent.hpp"
#include "journal/retained.hpp"
#include "journal/settings.hpp"
#include "support/metrics.hpp"

namespace chathook::journal {

// What an engine reported, sorted by what can be done about it.
class EngineError : public std::runtime_error {
public:
    enum class Kind : std::uint8_t {
        busy,    // somebody else holds a lock: try again
        full,    // the disk or a quota is exhausted: try again when there is room
        failed,  // the disk failed or what lies there is damaged: the outcome is not known, never try again
    };

    // `message`: what failed, for the log. `reason`: the cause in words for people, such as "the disk is
    // full".
    EngineError(Kind kind, const std::string& message, std::string reason)
        : std::runtime_error(message), reason_(std::move(reason)), kind_(kind) {}

    Kind kind() const noexcept { return kind_; }
    const std::string& reason() const noexcept { return reason_; }

private:
    std::string reason_;
    Kind kind_;
};

// What readers share with the writer, so that they need not ask the engine for what was committed just now.
struct Shared {
    std::shared_ptr<Progress> progress;
    std::shared_ptr<Recent> recent;
    std::shared_ptr<Ages> ages;
};

class Engine {
public:
    virtual ~Engine() = default;

    // Before anything but the clock's questions: reads what memory keeps of what is stored. Ages are those of
    // `shared` by now. Answers the events that were received in the future as these have it.
    virtual std::vector<Epochs::Run> load() = 0;

    // --- Transactions. All that changes something stands between begin() and commit(), except where said.
    // They throw EngineError; after that, rollback().

    virtual void begin() = 0;
    // Returns once all of it is durable.
    virtual void commit() = 0;
    // Takes back what memory holds, too.
    virtual void rollback() noexcept = 0;

    // --- Events and what became of them.

    // Stores the event under the next sequence, unless its key was seen within the deduplication window.
    virtual Appended append(const Event& event, SinkSet routed) = 0;

    // Writes down how deliveries ended. Sequences that are not due for this sink are ignored. `now`, here and
    // below: on the journal's clock.
    virtual void settle(SinkNumber sink, std::vector<Settlement> settlements, Instant now) = 0;

    // The three changes that people ask for; see Journal.
    virtual std::size_t redeliver(SinkNumber sink, std::span<const std::uint64_t> sequences, Instant now) = 0;
    virtual std::size_t discard(SinkNumber sink, std::span<const std::uint64_t> sequences) = 0;
    virtual Erased erase(std::span<const std::uint64_t> sequences, const SinkRests& rests, Instant now) = 0;

    // As of the last change, committed or not.
    virtual const Counts& counts() const noexcept = 0;

    // The sinks that have settled something out of order: what waits for them only a reader knows.
    virtual SinkSet scattered() const noexcept = 0;

    // --- Sinks.

    // The number of that name, given out if it is new; nothing when there is none left. Who asks delivers to
    // it: it is configured from now on.
    virtual std::optional<SinkNumber> sink_number(std::string_view name) = 0;
    // The same outside of a transaction, for a disk that is full: memory alone knows a new one, and the next
    // begin() writes it down, before anything can be routed to it.
    virtual std::optional<SinkNumber> sink_number_later(std::string_view name) = 0;
    virtual SinkSet configured() const noexcept = 0;
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

    // Of the last stop: none in a new journal, or in one of a program that kept no clock.
    virtual std::optional<ClockState> saved_clock() = 0;
    virtual std::vector<Epoch> saved_epochs() = 0;
    // The latest time that stands in a journal without a clock.
    virtual std::optional<Instant> latest_time() = 0;
    // Bounds the ages of what such a program wrote by `now`. Outside of a transaction. True: something was
    // younger than that.
    virtual bool bound_ages(Instant now) = 0;
    virtual void save_clock(const ClockState& state) = 0;
    virtual void save_epochs(const std::vector<Epoch>& epochs) = 0;
    // The first sequence of which anything is left; 0: none.
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

    // --- The ground it stands on.

    // Why there is no room for more events, as a plain sentence; nothing when there is.
    virtual std::optional<std::string> lack_of_room() = 0;
    // An error of the kind `full` was met, for a reason: frees what it can.
    virtual void ran_out_of_room(const std::string& reason) = 0;
    // What an error of the kind `failed` means, as a sentence with the advice.
    virtual std::string reason_of_failure(const EngineError& error) const = 0;
    // Why what was committed may not be found by the next start (a path that leads elsewhere by now, a lost
    // session), as a sentence with the advice; nothing while all is in place. Between a commit and its
    // answers.
    virtual std::optional<std::string> lost() = 0;
    // Nothing is to be written any more, not even by the destructor.
    virtual void abandon() noexcept = 0;

    // --- Housekeeping.

    // Once a second, and soon again when it answers true.
    virtual bool look_around() = 0;
    // While events keep coming: what must not wait for a quiet moment.
    virtual void keep_up() = 0;
    // In a quiet moment, before a step of retention: true when there was something to do.
    virtual bool tidy() = 0;
    // Leaves no byte of what was erased anywhere. False: somebody's reader is in the way, try again.
    virtual bool seal() = 0;
    // Before a stop: what the next start need not do.
    virtual void close() = 0;
    // Directories with copies of damaged files, which nothing reaches.
    virtual std::vector<std::filesystem::path> copies() const = 0;

    // Throws std::runtime_error when it cannot be opened for reading. Any thread.
    virtual std::unique_ptr<Reader> open_reader(const Shared& shared) = 0;
};

// Opens an engine; throws OpenError.
using OpenEngine =
    std::function<std::unique_ptr<Engine>(const JournalSettings&, JournalMetrics&, const Shared&)>;

}  // namespace chathook::journal
