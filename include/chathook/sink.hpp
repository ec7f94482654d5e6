// One receiver of events, as configured under `sinks`. A sink only delivers: order, retries, backoff,
// deadlines between attempts, progress and dead letters are dispatch/'s. docs/adding-a-sink.md walks through
// writing one. Every sink has a thread of its own; all calls come from that thread, except where said.
#pragma once

#include <chrono>
#include <cstdint>
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
    bool again = false;  // asked for once more, by a replay or of a dead letter: it may be of any age
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
    std::optional<std::chrono::milliseconds> retry_after;  // the receiver's own wish
};

class Sink {
public:
    virtual ~Sink() = default;

    // Hands over `batch` (never empty) in order. Answers one Outcome for each delivery that was tried, from
    // the first on; fewer than the batch when the rest was not tried. Blocks; returns early when `stop` is
    // requested. Never throws for what the outside can cause.
    virtual std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token stop) = 0;

    // logrotate moved the file: write to the new one from the next delivery on. Called from any thread.
    virtual void reopen() noexcept {}
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
