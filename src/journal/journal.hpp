// The journal: where an event becomes durable, and what every sink's progress is measured against. This is
// the interface; engine.hpp is what an engine gives it, and tests/journal/contract.hpp what every engine has
// to pass.
//
// append() is the only thing a network thread waits for: it resumes after the fsync that covers the event.
// One writer thread commits whatever queued up while the last fsync ran. Sinks read through a Reader of their
// own and never block the writer.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/error.hpp>
#include <chathook/event.hpp>
#include <chathook/sink.hpp>

#include "journal/engine.hpp"
#include "journal/holding.hpp"
#include "journal/ledgers.hpp"
#include "journal/reader.hpp"
#include "journal/settings.hpp"
#include "support/async.hpp"
#include "support/metrics.hpp"

namespace chathook::journal {

// Whether the journal takes events now; `reason` is one plain sentence when it does not.
struct Health {
    bool writable = true;
    std::string reason;
};

class Journal {
public:
    virtual ~Journal() = default;

    // Makes `event` durable for `sinks`. Resumes on the caller's executor once the fsync returned. A second
    // event with the same dedupe key within the window is not stored: it answers with the first one's
    // sequence, claimed in the same commit. Fails with journal_full, journal_failed, commit_timeout or
    // shutting_down. Any network thread.
    virtual Awaitable<Result<Appended>> append(Event event, SinkSet sinks) = 0;

    // Records how deliveries to `sink` ended; returns once that is durable. Blocks; the sink's own thread.
    virtual Result<void> settle(SinkNumber sink, std::vector<Settlement> settlements) = 0;

    // The number of the sink of that name, given out on first sight and kept for ever. Start-up only: it also
    // tells the journal which sinks are configured now.
    // Fails with bad_settings when 64 names are in use.
    virtual Result<SinkNumber> sink_number(std::string_view name) = 0;

    // The following change what is settled. Each blocks until it is durable and takes at most changes_max
    // sequences; any thread but the writer's. They fail with journal_full, journal_failed or shutting_down;
    // then nothing has changed, except that erase() may have begun.

    // Makes events due for `sink` once more: dead letters, which are none any longer, and what was delivered,
    // discarded or never routed to it. Answers how many. Not counted: what is due anyway, and what has no
    // record any more. The sink hears of it like of new events, which go first.
    virtual Result<std::size_t> redeliver(SinkNumber sink, std::vector<std::uint64_t> sequences) = 0;

    // Throws dead letters away; answers how many there were. Their records stay like delivered ones.
    virtual Result<std::size_t> discard(SinkNumber sink, std::vector<std::uint64_t> sequences) = 0;

    // Takes records out with everything that says more of them than that there was one: dead letters and what
    // is due again. Sinks that wait for them go on without. The same webhook again is still a duplicate. In
    // several small transactions.
    // Copies in memory are reached too: before anything changes every holding has to let go of the sequences,
    // for which it has recall_patience; what a sink cannot be stopped from by then is told as under way. Once
    // this returned nobody begins to deliver what was erased.
    virtual Result<Erased> erase(std::vector<std::uint64_t> sequences,
                                 std::vector<std::uint64_t> rejections) = 0;

    // After the last erase(): empties the log into the database, so that no byte of what was erased is left
    // in either. Fails with commit_timeout when other programs' readers do not let go of the log in time.
    virtual Result<Sealed> seal_erasure() = 0;

    // Writes down a refused request within a second or so, when that holds nobody up. More than 256 at a time
    // are only counted. Never blocks; any thread.
    virtual void reject(Rejection rejection) noexcept = 0;
    virtual bool keeps_rejections() const noexcept = 0;                // false: reject() does nothing
    virtual std::uint64_t unrecorded_rejections() const noexcept = 0;  // since the journal was opened

    // Writes down at once what reject() was told before, so that readers find it.
    virtual Result<void> record_rejections() = 0;

    // The same for somebody who only looks: costs no transaction where nothing waits, and leaves what waits
    // alone where the disk has no room for it. Fails with commit_timeout after `patience`; they are written
    // down then as soon as the writer comes to it.
    virtual Result<void> record_rejections_within(std::chrono::milliseconds patience) = 0;
    virtual Result<std::size_t> forget_rejections(std::vector<std::uint64_t> numbers) = 0;

    // Who delivers to `sink` keeps events of its reader in memory for longer than a call, and adds a holding
    // before it reads the first one, so that erase() reaches these copies. Until it is destroyed.
    virtual void add_holding(SinkNumber sink, const std::shared_ptr<Holding>& holding) = 0;

    // Throws std::runtime_error when the journal cannot be opened for reading. Any thread.
    virtual std::unique_ptr<Reader> open_reader() = 0;

    // The journal's own clock, on which everything in it grows old. It follows the wall clock but for jumps
    // of that, and never goes back: see age_clock.hpp. Any thread.
    virtual Instant clock() const noexcept = 0;

    // The date by which secrets end: the wall clock's, once that is trusted. Any thread.
    virtual Instant date() const noexcept = 0;

    // Calls `listener` after every commit that added events, made some due again or gave some up, with the
    // newest sequence, on the writer's thread: be brief. Returns a number for unsubscribe(), which waits for
    // a running call. Any thread.
    virtual std::size_t subscribe(std::function<void(std::uint64_t newest)> listener) = 0;
    // Calls `listener` after redeliver() made something due for a sink, on that caller's thread.
    virtual std::size_t subscribe_redelivered(std::function<void(SinkNumber sink)> listener) = 0;
    virtual void unsubscribe(std::size_t subscription) = 0;  // of either kind

    virtual Health health() const = 0;

    // Whether the writer has come round within the last seconds: false when a commit hangs. For a watchdog,
    // which may end a process that no answer of the disk will reach any more. Any thread.
    virtual bool alive() const = 0;

    // Commits what is queued, answers it, checkpoints and ends the writer thread. append() fails with
    // shutting_down afterwards, and so does what a reader is looking for on another thread.
    virtual void stop() = 0;
};

// Opens the journal with an engine and starts its writer thread. Throws OpenError. `on_fatal` is called once,
// from the writer thread, when the engine failed: the daemon stops with exit code 74.
std::unique_ptr<Journal> open_journal(const OpenEngine& open_engine, const JournalSettings& settings,
                                      JournalMetrics& metrics,
                                      std::function<void(const std::string& reason)> on_fatal);

}  // namespace chathook::journal
