// The records that the journal keeps about deliveries, dead letters and refused requests: the values
// themselves, the queries for them, and the results of changing them. Plain values; any thread.
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

#include "journal/sink_set.hpp"

namespace chathook::journal {

struct Appended {
    std::uint64_t sequence = 0;  // from 1 without gaps; of a duplicate: that of the first event
    bool duplicate = false;
};

// What came of a delivery, as a sink's thread decides it and an engine stores it: its final result, or an
// attempt that failed and that another one follows.
struct Settlement {
    enum class Kind : std::uint8_t { delivered, dead, tried };
    std::uint64_t sequence = 0;
    Kind kind = Kind::delivered;
    unsigned attempts = 1;  // so far
    std::string reason;     // unless it was delivered
    std::string id;         // of a dead letter's event, for the log; may be empty
    Instant next_try{};     // of `tried`, on the journal's clock

    constexpr bool delivered() const noexcept { return kind == Kind::delivered; }
};

// Limit for one call that changes records. Its transaction is short, because an append may have to wait for
// it.
inline constexpr std::size_t changes_max = 1000;

// Is larger than all sequences and numbers: the largest integer of SQLite.
inline constexpr auto past_the_newest = static_cast<std::uint64_t>(INT64_MAX);

// Limit for what one call reads for a query, unless the query has its own: the sender determines how large a
// row is.
inline constexpr std::size_t found_bytes_max = 1 << 20;

// The result of one call: at least one row if there is any, but possibly fewer than the limit, because rows
// are large or because many had to be read. It says from where to continue.
template <class Row>
struct Found {
    std::vector<Row> rows;
    bool more = false;         // there may be others behind `passed`; with `newest`, before it
    std::uint64_t passed = 0;  // the sequence or number up to which all rows were read

    auto begin() const noexcept { return rows.begin(); }
    auto end() const noexcept { return rows.end(); }
    bool empty() const noexcept { return rows.empty(); }
    std::size_t size() const noexcept { return rows.size(); }
    const Row& front() const { return rows.front(); }
    const Row& back() const { return rows.back(); }
    const Row& operator[](std::size_t at) const { return rows[at]; }
};

// Selects events. Members that are unset or empty select all.
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
    bool only_sequences = false;              // rows without their events; bytes_max does not apply
    bool newest = false;  // the last `limit` matches instead of the first, still in the order of sequences
    std::uint64_t before_sequence = past_the_newest;  // with newest: the last ones before this
};

// A name that the journal has numbered.
struct KnownSink {
    SinkNumber number = 0;
    std::string name;
    bool configured =
        false;  // since the journal was opened its number was asked for, so something delivers to it
};

// The newest event of a source, kept longer than the event.
struct LastEvent {
    std::string source;
    std::uint64_t sequence = 0;
    Instant received{};  // of the event that was received last
};

// The state of an event at one sink.
struct Fate {
    enum class State : std::uint8_t {
        waiting,  // for its first delivery
        delivered,
        dead,       // given up: a dead letter
        again,      // to be delivered once more
        discarded,  // was a dead letter that was discarded
    };
    std::string sink;
    State state = State::waiting;
    bool delivered_before = false;  // with dead or again: the sink has received it at least once
    bool given_up_before = false;   // with again: it was a dead letter before
    // Of a dead letter, and of an event that is due and was tried before: 0 attempts otherwise.
    unsigned attempts = 0;
    std::string reason;
    Instant at{};                     // since when: given up, tried in vain, or ordered once more
    std::optional<Instant> next_try;  // of an event that is due
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

// Selects dead letters, which are in the order of their sequences. `limit` counts dead letters, and is
// exceeded to include all of the last sequence, so that `after_sequence` is enough to continue. Those of one
// sequence share its event.
struct DeadQuery : Query {
    std::string sink;  // empty: of all sinks
};

struct DeadLetter {
    std::uint64_t sequence = 0;
    std::string sink;
    unsigned attempts = 0;
    std::string reason;
    Instant at{};                        // when it was given up
    std::shared_ptr<const Event> event;  // null: the record is damaged
};

// A refused request, recorded so that operators can find out why it was refused.
struct Rejection {
    Instant received{};
    std::string source;  // empty: it is unknown
    std::string reason;  // a code: "wrong_signature"
    unsigned status = 0;
    std::string client;        // address, as resolved
    std::string header_names;  // joined with ", "; at most header_names_max bytes
    std::array<std::uint8_t, 32> body_sha256{};
    std::uint64_t body_size = 0;
    std::string raw;  // header lines, empty line, body; empty if not kept

    static constexpr std::size_t header_names_max = 1024;
};

// Selects rejections. They are numbered in the order in which they were recorded; no number is used twice.
struct RejectionQuery {
    std::uint64_t after_number = 0;
    std::string source;
    std::string reason;
    std::optional<Instant> since;
    std::optional<Instant> until;
    std::size_t limit = 100;                  // rows of one call, and
    std::size_t bytes_max = found_bytes_max;  // bytes that are read of them, unless the first alone is larger
    bool newest = false;
    std::uint64_t before_number = past_the_newest;
    bool with_raw = false;  // also read the requests themselves if they were kept
};

struct RecordedRejection {
    std::uint64_t number = 0;
    bool raw_kept = false;
    Rejection rejection;  // `raw` is empty unless the query asked for it
};

// The receipt of an erasure: what was removed from the journal, and what the journal cannot recall.
struct Erased {
    // Each erased event that was routed or redelivered to the sink counts once, in `delivered`, `skipped`,
    // `under_way` or `given_up`; one that was delivered and is due again counts twice.
    struct AtSink {
        std::string sink;
        SinkNumber number = 0;
        std::size_t delivered = 0;  // the sink has received them
        std::size_t skipped = 0;    // they waited for the sink and will not be delivered
        std::size_t under_way =
            0;  // the sink was delivering them and could not be stopped: they may still arrive
        std::size_t tried = 0;  // of `skipped`: an earlier attempt failed, which may have left a copy there
        // Dead letters, which may have been discarded since: their attempts failed, as for `tried`.
        std::size_t given_up = 0;
    };
    std::size_t events = 0;
    std::size_t dead_letters = 0;
    std::size_t rejections = 0;
    std::vector<AtSink> sinks;  // those with any of these numbers
};

// The places where copies of erased data may remain after seal_erasure().
struct Sealed {
    std::vector<std::filesystem::path> copies;  // the directories in quarantine/, to be deleted by hand
};

}  // namespace chathook::journal
