// What the journal keeps for people: what became of an event, dead letters and refused requests; how they are
// asked for, and what a change of them answers. Plain values; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/event.hpp>

namespace chathook::journal {

// A sink's number in the journal, fixed for ever by its name: 0..63. A set of sinks is a bit mask over these.
using SinkNumber = unsigned;
using SinkSet = std::uint64_t;
inline constexpr unsigned sinks_max = 64;

constexpr bool contains(SinkSet sinks, SinkNumber sink) noexcept { return ((sinks >> sink) & 1) != 0; }

// Of one call that changes the ledgers: its transaction is short, because an append may have to wait for it.
inline constexpr std::size_t changes_max = 1000;

// Behind all sequences and numbers; as large as SQLite's integers are.
inline constexpr auto past_the_newest = static_cast<std::uint64_t>(INT64_MAX);

// Which events are asked for. Unset and empty: all.
struct Query {
    std::uint64_t after_sequence = 0;
    std::optional<Instant> since;  // received then or later
    std::optional<Instant> until;  // received before then
    std::vector<std::string> ids;  // any of these
    std::string type_glob;
    std::string vendor;
    std::string source;
    std::size_t limit = 100;
    bool newest = false;  // the last `limit` matches instead of the first; still answered oldest first
    std::uint64_t before_sequence = past_the_newest;  // with newest: the last ones in front of this
};

// A name that the journal has numbered.
struct KnownSink {
    SinkNumber number = 0;
    std::string name;
    bool configured = false;  // asked for since the journal was opened: somebody delivers to it
};

// How far an event has come with one sink.
struct Fate {
    enum class State : std::uint8_t {
        waiting,  // for its first delivery
        delivered,
        dead,       // given up: a dead letter
        again,      // to be delivered once more
        discarded,  // was a dead letter, which was thrown away
    };
    std::string sink;
    State state = State::waiting;
    bool delivered_before = false;  // dead or again: but the sink has got it at least once
    unsigned attempts = 0;          // these three of a dead letter
    std::string reason;
    Instant at{};
};

constexpr std::string_view name_of(Fate::State state) noexcept {
    switch (state) {
        case Fate::State::waiting: return "waiting";
        case Fate::State::delivered: return "delivered";
        case Fate::State::dead: return "dead";
        case Fate::State::again: return "again";
        case Fate::State::discarded: return "discarded";
    }
    return "unknown";
}

// Dead letters stand in the order of their sequences. `limit` counts dead letters, and is overrun to answer
// all of the last sequence: so `after_sequence` is enough to go on from.
struct DeadQuery : Query {
    std::string sink;  // empty: of all
};

struct DeadLetter {
    std::uint64_t sequence = 0;
    std::string sink;
    unsigned attempts = 0;
    std::string reason;
    Instant at{};                        // when it was given up
    std::shared_ptr<const Event> event;  // null: the record is damaged
};

// A request that was refused, for whoever has to find out why.
struct Rejection {
    Instant received{};
    std::string source;  // empty: none could be named
    std::string reason;  // a code: "wrong_signature"
    unsigned status = 0;
    std::string client;        // address, as resolved
    std::string header_names;  // joined with ", "; cut to header_names_max
    std::array<std::uint8_t, 32> body_sha256{};
    std::uint64_t body_size = 0;
    std::string raw;  // header lines, empty line, body; empty: not kept

    static constexpr std::size_t header_names_max = 1024;
};

// Rejections are numbered in the order in which they were written down; a number is never given out again.
struct RejectionQuery {
    std::uint64_t after_number = 0;
    std::string source;
    std::string reason;
    std::optional<Instant> since;
    std::optional<Instant> until;
    std::size_t limit = 100;
    bool newest = false;
    std::uint64_t before_number = past_the_newest;
    bool with_raw = false;  // read what is kept of the requests themselves, too
};

struct RecordedRejection {
    std::uint64_t number = 0;
    bool raw_kept = false;
    Rejection rejection;  // `raw` is empty unless it was asked for
};

// What was taken out of the journal, and what it cannot take back.
struct Erased {
    struct AtSink {
        std::string sink;
        std::size_t delivered = 0;  // of the erased events the sink has got so many
        std::size_t skipped = 0;  // so many waited for it and will not come, unless they are on their way now
    };
    std::size_t events = 0;
    std::size_t dead_letters = 0;
    std::size_t rejections = 0;
    std::vector<AtSink> sinks;  // with any of either
};

// Where copies of what was erased may still be after seal_erasure().
struct Sealed {
    std::vector<std::filesystem::path> copies;  // the directories in quarantine/; to be deleted by hand
};

}  // namespace chathook::journal
