// What an event is at a sink: the states that runs (runs.hpp) and routes do not tell, and the one table of
// what every change makes of them. docs/decisions/0007-what-is-owed.md has the same table in prose.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "format/words.hpp"

namespace chathook::format {

// The numbers are stored in the table `owed`. A row with another one is of a program to come, and stays.
enum class OwedState : std::uint8_t {
    none = 0,       // no row: what runs and routes say
    tried = 1,      // waiting, after attempts that failed
    dead = 2,       // given up: a dead letter
    again = 3,      // to be delivered once more
    discarded = 4,  // was a dead letter
    delivered = 5,  // delivered without being routed to the sink
};

// Bits, stored too. A row with another one stays as a row with another state does.
namespace owed_flag {
inline constexpr unsigned had = 1;       // the sink had got it before it became this
inline constexpr unsigned given_up = 2;  // of `again`: it had been dead or discarded
inline constexpr unsigned all = had | given_up;
}  // namespace owed_flag

// One event at one sink.
struct Standing {
    bool routed = false;  // to this sink
    bool passed = false;  // in one of its runs
    OwedState state = OwedState::none;
    unsigned flags = 0;

    constexpr bool waits() const noexcept { return routed && !passed; }
    constexpr bool had() const noexcept { return (flags & owed_flag::had) != 0; }
    constexpr bool given_up() const noexcept { return (flags & owed_flag::given_up) != 0; }
    constexpr bool known() const noexcept {
        return state <= OwedState::delivered && (flags & ~owed_flag::all) == 0;
    }
};

enum class Change : std::uint8_t { deliver, fail, give_up, redeliver, discard, erase };

// What a change makes of an event at a sink.
struct Step {
    bool counts = false;                // it did something
    bool settles = false;               // the event joins a run of the sink
    OwedState state = OwedState::none;  // afterwards
    unsigned flags = 0;
};

constexpr Step step(const Standing& from, Change change) noexcept {
    const bool waits = from.waits();
    const Step stays{false, false, from.state, from.flags};
    if (change == Change::erase) return {true, waits, OwedState::none, 0};
    const bool ends = change == Change::deliver || change == Change::give_up;
    if (change == Change::fail) {
        if (!from.known()) return stays;
        if (waits) return {true, false, OwedState::tried, 0};
        return {from.state == OwedState::again, false, from.state, from.flags};
    }
    if (waits && ends) {
        if (!from.known()) return {true, true, from.state, from.flags};
        if (change == Change::deliver) return {true, true, OwedState::none, 0};
        return {true, true, OwedState::dead, 0};
    }
    if (waits || !from.known()) return stays;
    const unsigned had = from.flags & owed_flag::had;
    switch (from.state) {
        case OwedState::none:
            if (change != Change::redeliver) return stays;
            return {true, false, OwedState::again, from.routed ? owed_flag::had : 0};
        case OwedState::dead:
        case OwedState::discarded:
            if (change == Change::redeliver)
                return {true, false, OwedState::again, had | owed_flag::given_up};
            if (change != Change::discard || from.state == OwedState::discarded) return stays;
            return {true, false, OwedState::discarded, had};
        case OwedState::again:
            if (change == Change::give_up) return {true, false, OwedState::dead, had};
            if (change != Change::deliver) return stays;
            return {true, false, from.routed ? OwedState::none : OwedState::delivered, 0};
        case OwedState::delivered:
            if (change != Change::redeliver) return stays;
            return {true, false, OwedState::again, owed_flag::had};
        case OwedState::tried: break;  // of an event that does not wait: there is none
    }
    return stays;
}

// How a standing is told; nothing: the event is none of this sink's.
constexpr std::optional<Fate::State> told(const Standing& at) noexcept {
    if (at.waits()) return Fate::State::waiting;
    switch (at.state) {
        case OwedState::dead: return Fate::State::dead;
        case OwedState::again: return Fate::State::again;
        case OwedState::discarded: return Fate::State::discarded;
        case OwedState::delivered: return Fate::State::delivered;
        default: return at.routed ? std::optional(Fate::State::delivered) : std::nullopt;
    }
}

// A condition of SQL on a row `o` of the table: it only says how the event ended, and goes with its record.
// Everything else holds the record, also what this program does not know.
inline constexpr std::string_view has_ended = "(o.state IN (4, 5) AND NOT o.flags & ~3)";

// Whether the sink has got the event at least once.
constexpr bool has_got(const Standing& at) noexcept { return at.had() || told(at) == Fate::State::delivered; }

}  // namespace chathook::format
