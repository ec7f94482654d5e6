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

// Of one call that changes the ledgers: its transaction is short, because an append may have to wait for it.
inline constexpr std::size_t changes_max = 1000;

// Behind all sequences and numbers; as large as SQLite's integers are.
inline constexpr auto past_the_newest = static_cast<std::uint64_t>(INT64_MAX);

// Of what one call reads for a query, unless the query says otherwise: how large a row is, is the sender's
// choice.
inline constexpr std::size_t found_bytes_max = 1 << 20;

// What one call found: at least one row if there is any, but perhaps fewer than were asked for, because rows
// are large or because many had to be looked at. It says where to go on.
template <class Row>
struct Found {
    std::vector<Row> rows;
    bool more = false;         // there may be others behind `passed`; with `newest`, in front of it
    std::uint64_t passed = 0;  // the sequence or number up to which all was looked at

    auto begin() const noexcept { return rows.begin(); }
    auto end() const noexcept { return rows.end(); }
    bool empty() const noexcept { return rows.empty(); }
    std::size_t size() const noexcept { return rows.size(); }
    const Row& front() const { return rows.front(); }
    const Row& back() const { return rows.back(); }
    const Row& operator[](std::size_t at) const { return rows[at]; }
};

// Which events are asked for. Unset and empty: all.
struct Query {
    std::uint64_t after_sequence = 0;
    std::optional<Instant> since;  // received then or later
    std::optional<Instant> until;  // received before then
    std::vector<std::string> ids;  // any of these
    std::string type_glob;
    std::string vendor;
    std::string source;
    std::size_t limit = 100;                  // rows of one call, and
    std::size_t bytes_max = found_bytes_max;  // bytes of their events, unless the first alone is larger
    bool only_sequences = false;  // rows without their events, as many as `limit` says, however large
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
    bool given_up_before = false;   // again: it was a dead letter before
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
// all of the last sequence: so `after_sequence` is enough to go on from. Those of one sequence share its
// event.
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
    std::size_t limit = 100;  // rows of one call, and
    std::size_t bytes_max =
        found_bytes_max;  // bytes of what is read of them, unless the first alone is larger
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
    // Every erased event that was routed or sent again to the sink counts once, in `delivered`, `skipped`,
    // `under_way` or `given_up`; one that was delivered and is due again counts twice.
    struct AtSink {
        std::string sink;
        SinkNumber number = 0;
        std::size_t delivered = 0;  // the sink has got so many
        std::size_t skipped = 0;    // so many waited for it and will not come
        std::size_t under_way = 0;  // the sink was at so many and could not be stopped: they may arrive yet
        std::size_t tried = 0;  // of `skipped`: an attempt failed before, which may have left a copy there
        // It was a dead letter, which may have been thrown away since: attempts had failed, as for `tried`.
        std::size_t given_up = 0;
    };
    std::size_t events = 0;
    std::size_t dead_letters = 0;
    std::size_t rejections = 0;
    std::vector<AtSink> sinks;  // with any of these
};

// Where copies of what was erased may still be after seal_erasure().
struct Sealed {
    std::vector<std::filesystem::path> copies;  // the directories in quarantine/; to be deleted by hand
};

}  // namespace chathook::journal
