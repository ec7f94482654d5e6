// What `chathookd status` tells: everything that the rooms know of how the daemon does, gathered in one
// place. Plain values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chathook/time.hpp>

namespace chathook::status {

// The newest event of a source that the journal knows of.
struct LastEvent {
    std::string source;
    std::uint64_t sequence = 0;
    Instant received{};
};

// How a reload of the configuration ended.
struct Reload {
    Instant at{};
    bool accepted = false;
    std::string reason;  // unless it was accepted
};

// What the composition root knows of the daemon that it runs.
struct Running {
    std::string version;
    Instant started{};
    std::chrono::seconds uptime{};  // on the steady clock
    std::string fingerprint;        // of what verifies and reads webhooks
    Instant loaded{};               // when the configuration in use was read
    std::optional<Reload> last_reload;

    struct Source {
        std::string name;
        std::string vendor;
        std::string path;
    };
    std::vector<Source> sources;  // in the order of the configuration

    std::uint64_t max_size = 0;       // journal.max_size, bytes; 0: not known
    std::uint64_t min_free_disk = 0;  // journal.min_free_disk, bytes; 0: none
    std::chrono::seconds retain_delivered{};
    std::chrono::seconds retain_dead{};
    std::chrono::seconds dedupe_window{};
};

// What a source got in the last hour.
struct SourceHour {
    std::uint64_t accepted = 0;
    std::uint64_t duplicates = 0;
    std::vector<std::pair<std::string, std::uint64_t>> refused;  // by reason, the most frequent first
};

// A source that accepts nothing is looked for in this time, too, so that a wrong new secret shows soon.
inline constexpr std::chrono::minutes recent_length{10};

struct Hour {
    std::chrono::seconds length{};  // less than an hour after the start
    std::map<std::string, SourceHour, std::less<>>
        sources;  // without those that got nothing; "": of no source

    // How many answers took up to which bound; the last counts those above all of them.
    std::vector<std::chrono::nanoseconds> answer_bounds;
    std::vector<std::uint64_t> answers;
};

struct SinkReport {
    std::string name;
    bool configured = true;
    std::uint64_t waiting = 0;
    std::uint64_t again = 0;  // of these: to be delivered once more
    std::uint64_t dead = 0;
    std::optional<Instant> oldest{};  // the receipt of the oldest that waits for its first delivery
    bool failing = false;
    bool breaker_open = false;
    std::string reason{};  // of the last failure, while it fails
    unsigned failures = 0;
    std::optional<Instant> since{};     // when it began to fail
    std::optional<Instant> next_try{};  // while it waits
};

struct Report {
    Instant at{};           // by the wall clock: for words, never for a decision
    std::string not_ready;  // why it takes no webhooks; empty: it does
    Running running;
    Hour hour;
    Hour recent;  // the last ten minutes
    std::vector<LastEvent> last_events;
    std::vector<SinkReport> sinks;

    bool journal_readable = true;  // if not, sinks are without their numbers, and last_events are not known
    std::uint64_t journal_bytes = 0;               // of the file, which never shrinks
    std::uint64_t journal_used_bytes = 0;          // of these: in use, which journal.max_size bounds
    std::optional<std::uint64_t> disk_free_bytes;  // none: not known yet
    std::optional<LastEvent> oldest;               // the first event that the journal keeps
};

}  // namespace chathook::status
