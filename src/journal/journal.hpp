// The journal: where an event becomes durable, and what every sink's progress is measured against. This is
// the interface; make_sqlite_journal() is the engine, and tests/journal/contract.hpp is what every engine has
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

#include "journal/ledgers.hpp"
#include "support/async.hpp"
#include "support/metrics.hpp"

namespace chathook::journal {

struct Appended {
    std::uint64_t sequence = 0;  // contiguous from 1; of a duplicate: the first one's
    bool duplicate = false;
};

// How one delivery ended, for good.
struct Settlement {
    enum class Kind : std::uint8_t { delivered, dead };
    std::uint64_t sequence = 0;
    Kind kind = Kind::delivered;
    unsigned attempts = 1;
    std::string reason;  // of a dead letter
};

// Whether the journal takes events now; `reason` is one plain sentence when it does not.
struct Health {
    bool writable = true;
    std::string reason;
};

// A read-only view with its own connection. One thread at a time. Statements end before a call returns, so
// that no reader ever holds the write-ahead log back.
class Reader {
public:
    virtual ~Reader() = default;

    // Events routed to `sink` that are not settled, in journal order, from `after` on: at most `events_max`,
    // and no more than `bytes_max` unless the first alone is larger. attempt is 1. Where these leave room,
    // up to 32 that are due again follow, in journal order among themselves.
    virtual Result<std::vector<Delivery>> due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                              std::size_t bytes_max) = 0;

    // How many events are due for `sink`. What is due again may be of any age, so it does not count as old.
    struct Backlog {
        std::uint64_t events = 0;
        std::uint64_t again = 0;  // of these: to be delivered once more
        std::uint64_t dead = 0;
        std::optional<Instant> oldest_received;  // of those that wait for their first delivery
    };
    virtual Result<Backlog> backlog(SinkNumber sink) = 0;

    struct Row {
        std::uint64_t sequence = 0;
        std::shared_ptr<const Event> event;
    };
    virtual Result<std::vector<Row>> find(const Query& query) = 0;

    // How far the event is with every sink that it was routed or sent again to, by number; none when its
    // record is gone.
    virtual Result<std::vector<Fate>> fates(std::uint64_t sequence) = 0;

    virtual Result<std::vector<DeadLetter>> dead(const DeadQuery& query) = 0;

    // Oldest first, without what is still to be written down (a second at most).
    virtual Result<std::vector<RecordedRejection>> rejections(const RejectionQuery& query) = 0;
    // With its raw request; nothing when it is not there any more.
    virtual Result<std::optional<RecordedRejection>> rejection(std::uint64_t number) = 0;

    // All that ever had a number, in order.
    virtual Result<std::vector<KnownSink>> sinks() = 0;
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
    virtual Result<std::size_t> forget_rejections(std::vector<std::uint64_t> numbers) = 0;

    // Throws std::runtime_error when the journal cannot be opened for reading. Any thread.
    virtual std::unique_ptr<Reader> open_reader() = 0;

    // Calls `listener` after every commit that added events or made some due again, with the newest
    // sequence, on the writer's thread: be brief. Returns a number for unsubscribe(), which waits for a
    // running call. Any thread.
    virtual std::size_t subscribe(std::function<void(std::uint64_t newest)> listener) = 0;
    // Calls `listener` after redeliver() made something due for a sink, on that caller's thread.
    virtual std::size_t subscribe_redelivered(std::function<void(SinkNumber sink)> listener) = 0;
    virtual void unsubscribe(std::size_t subscription) = 0;  // of either kind

    virtual Health health() const = 0;

    // Whether the writer has come round within the last seconds: false when a commit hangs. For a watchdog,
    // which may end a process that no answer of the disk will reach any more. Any thread.
    virtual bool alive() const = 0;

    // Commits what is queued, answers it, checkpoints and ends the writer thread. append() fails with
    // shutting_down afterwards.
    virtual void stop() = 0;
};

// When the log was damaged after it had been synced, so that answered events cannot be read any more.
enum class OnDamage : std::uint8_t {
    stop,   // throw OpenError and touch nothing
    go_on,  // without them; copies are kept
};

struct JournalSettings {
    std::filesystem::path directory = "/var/lib/chathook";  // created 0700
    std::chrono::milliseconds commit_timeout{2000};         // server.limits.commit_timeout
    std::chrono::seconds dedupe_window{7 * 24 * 3600};
    std::chrono::seconds retain_delivered{24 * 3600};
    std::chrono::seconds retain_dead{30 * 24 * 3600};
    std::size_t rejections_keep = 1000;  // the newest; 0: none is written down
    std::chrono::seconds rejections_age{7 * 24 * 3600};

    // A minute after the last sink_number() the sinks are known: what waited longer than retain_dead for one
    // that is not among them becomes a dead letter.
    std::chrono::milliseconds sinks_known_after{60'000};

    std::uint64_t min_free_disk = 256ull << 20;  // bytes; below it append() fails with journal_full
    std::uint64_t max_size = 4ull << 30;         // bytes of the database file
    std::uint64_t ballast_bytes = 16ull << 20;   // kept aside for a full disk, see ballast.hpp; 0: none
    OnDamage on_damage = OnDamage::stop;
    std::size_t queue_events_max = 16384;  // waiting for the writer; beyond: journal_full
    std::size_t queue_bytes_max = 64ull << 20;
    std::size_t batch_events_max = 256;  // of one commit
    std::size_t batch_bytes_max = 1ull << 20;
};

// Why a journal could not be opened, as an exit code of sysexits.h (75: another instance holds it, 74: I/O)
// and a sentence.
class OpenError : public std::runtime_error {
public:
    OpenError(int exit_code, const std::string& message)
        : std::runtime_error(message), exit_code_(exit_code) {}
    int exit_code() const noexcept { return exit_code_; }

private:
    int exit_code_;
};

// Opens or creates the journal in `settings.directory` and starts its writer thread. Throws OpenError.
// `on_fatal` is called once, from the writer thread, when the disk failed: the daemon stops with exit
// code 74.
std::unique_ptr<Journal> make_sqlite_journal(const JournalSettings& settings, JournalMetrics& metrics,
                                             std::function<void(const std::string& reason)> on_fatal);

}  // namespace chathook::journal
