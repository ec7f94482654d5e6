// One receiver of events, as configured under `sinks`. A sink only delivers: order, retries, backoff,
// deadlines between attempts, progress and dead letters are dispatch/'s. docs/adding-a-sink.md walks through
// writing one. Every sink has a thread of its own; all calls come from that thread, except where said.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "chathook/event.hpp"
#include "chathook/settings.hpp"

namespace chathook {

// One event on its way to one sink.
struct Delivery {
    std::uint64_t sequence = 0;  // the event's place in the journal
    unsigned attempt = 1;        // 1 for the first try
    std::shared_ptr<const Event> event;
    bool again = false;  // requested again, by a replay or of a dead letter: it may be of any age
    Instant
        counted_from{};  // its receipt on the journal's own clock, on which max_age counts; not on the wall's
};

// What became of one delivery.
struct Outcome {
    enum class Kind {
        delivered,  // the receiver has it, as durably as docs/durability.md says of this sink
        retry,      // it may work later: network, timeout, 5xx, disk full
        poison,     // the receiver understood and refused this event: a few more tries, then the dead letters
        gone,       // the receiver says it is no longer there (410): the sink pauses
    };
    Kind kind = Kind::delivered;
    std::string reason;  // for the log and the dead letter; no secret, no personal data
    std::optional<std::chrono::milliseconds> retry_after;  // as the receiver asked
};

class Sink {
public:
    virtual ~Sink() = default;

    // Hands over `batch` (never empty) in order. Returns one Outcome for each delivery that was tried,
    // starting with the first; fewer than the batch if the rest was not tried. Calls begin_next() before
    // each. Blocks; returns early when `stop` is requested. Never throws for anything that the environment
    // can cause.
    virtual std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token stop) = 0;

    // logrotate moved the file: write to the new one from the next delivery on. Called from any thread.
    virtual void reopen() noexcept {}

    // Events were erased: discards what earlier calls of deliver() kept of those for which `erased` is true,
    // such as half a line, so that no more of it is sent. Called between deliveries, and before the receipt
    // of the erasure is issued unless a delivery took too long. Need not be overridden if deliver() keeps
    // nothing of an event.
    virtual void drop_erased(const std::function<bool(std::uint64_t sequence)>& erased) { (void)erased; }

    // A person is being erased whose events may be in the batch that deliver() is working on: it finishes
    // what it has begun, begins nothing more and returns. Called from any thread.
    void recall() noexcept { begun_.fetch_or(recalled_bit); }
    bool recalled() const noexcept { return (begun_.load() & recalled_bit) != 0; }

    // How many events of the batch have been begun; past_all until the sink first calls begin_next(). Any
    // thread.
    std::size_t begun() const noexcept {
        const std::size_t begun = begun_.load() & ~recalled_bit;
        return begun == 0 ? past_all : begun;
    }
    static constexpr std::size_t past_all = SIZE_MAX;

    // dispatch/ calls this before each deliver().
    void hand_over() noexcept { begun_ = 0; }

protected:
    // deliver() calls this right before it begins each event of the batch, the first one too. If it returns
    // false, deliver() leaves this event and all later ones untried, which is no failure even if it is the
    // first. dispatch/ tells from these calls what the receiver may have seen of the batch.
    bool begin_next() noexcept {
        std::size_t begun = begun_.load();
        do {
            if ((begun & recalled_bit) != 0) return false;
        } while (!begun_.compare_exchange_weak(begun, begun + 1));
        return true;
    }

private:
    static constexpr std::size_t recalled_bit = ~(SIZE_MAX >> 1);
    std::atomic<std::size_t> begun_{0};  // the count, and recalled_bit
};

// How many deliveries a sink wants at once, and how dispatch retries it. Read once at start-up.
struct SinkTraits {
    std::size_t batch_events_max = 256;
    std::size_t batch_bytes_max = 1024 * 1024;
};

// A kind of sink: one line in src/sinks/catalog.cpp.
struct SinkKind {
    std::string_view name;  // "file": the word under `type`
    std::span<const OptionSpec> options;
    SinkTraits traits;

    // Checks the options against each other; touches nothing outside.
    std::variant<std::unique_ptr<Sink>, SettingsError> (*make)(const SinkSettings&);
};

}  // namespace chathook
