// Every place that may hold data about a person that chathookd received, and whether erasing the person
// reaches it. This is the one list: the receipt of an erasure names the places it does not reach from here,
// docs/security.md has the same table (tests/admin/places_test.cpp compares them). A new place needs a row
// here. Pure; any thread.
#pragma once

#include <array>
#include <string_view>

namespace chathook::admin {

struct Place {
    enum class Reach {
        erased,  // no byte is left there once the receipt says "sealed"
        named,   // data may remain there, and the receipt says so
        none,    // holds no personal data
    };
    std::string_view name;  // stable, for programs
    std::string_view what;
    Reach reach;
    std::string_view how;  // how it is erased, or what is left to do
};

constexpr std::string_view name_of(Place::Reach reach) noexcept {
    switch (reach) {
        case Place::Reach::erased: return "erased";
        case Place::Reach::named: return "named";
        case Place::Reach::none: return "nothing there";
    }
    return "";
}

inline constexpr std::array places{
    Place{"events", "events in the journal, with the vendor's own bytes", Place::Reach::erased,
          "their records are overwritten; that there was an event stays, with its time of receipt"},
    Place{"dead_letters", "dead letters, and what is due once more", Place::Reach::erased,
          "with their events"},
    Place{"rejections", "refused requests that were kept whole", Place::Reach::erased,
          "those that name the person, also if they are not written down yet"},
    Place{"recent_events", "the newest events, in memory for the sinks", Place::Reach::erased,
          "dropped before the journal changes"},
    Place{"sink_pages", "events that a sink has read and not delivered yet", Place::Reach::erased,
          "every sink lets go of them before the receipt is written"},
    Place{
        "line_rest", "the rest of a line that a reader of stdout has not taken", Place::Reach::erased,
        "cut before the receipt is written; what is out of the line is ended with a line feed and counts as "
        "tried"},
    Place{"journal_log", "the journal's write-ahead log and free pages", Place::Reach::erased,
          "emptied and overwritten with the last page of the order: sealed"},
    Place{"under_way", "deliveries that a sink had begun and could not be stopped from", Place::Reach::named,
          "counted for each sink as under_way; delete them there like delivered events"},
    Place{"receivers",
          "what sinks have delivered or tried to deliver: receivers, files with their rotations "
          "and .torn- rests, readers of stdout",
          Place::Reach::named, "sinks says how many each has got; delete them there"},
    Place{"readers", "answers of the API and event streams on their way to a client, and what clients kept",
          Place::Reach::named, "what they have read already still goes out; ask the clients"},
    Place{"damaged_records", "records that are damaged on the disk, which name nobody", Place::Reach::named,
          "they go with retention; verify-journal lists them"},
    Place{"damaged_copies", "copies of a damaged log in the journal's quarantine directory",
          Place::Reach::named, "copies lists their directories; delete them by hand"},
    Place{"duplicate_keys", "the key by which a repeated webhook is recognised: a hash of it",
          Place::Reach::named, "deleted after journal.dedupe_window"},
    Place{"refusals",
          "what is remembered of refused requests that were not kept whole: client address, names "
          "of header fields, size and SHA-256 of the body",
          Place::Reach::named, "deleted after journal.rejections.age"},
    Place{"logs", "the daemon's log: masked addresses and client addresses; plain with log.pii: plain",
          Place::Reach::named, "goes with the log's own rotation"},
    Place{"proxies", "logs and buffers of proxies in front of the daemon", Place::Reach::named,
          "outside of the daemon; look there"},
    Place{
        "memory",
        "memory of the process that was freed, or is kept for the next request or delivery, and was not used "
        "again; swap",
        Place::Reach::named, "overwritten in time; no core dump holds it"},
    Place{"storage", "blocks of the disk that were freed, snapshots, backups and copies of the journal",
          Place::Reach::named, "outside of the daemon; erase again after a backup is restored"},
    Place{"metrics", "metrics, and counts in receipts and in the log's line about the erasure",
          Place::Reach::none, "numbers only"},
    Place{"ballast", "the journal's ballast file", Place::Reach::none, "never written with data"},
};

}  // namespace chathook::admin
