// The keys of the log; each entry is a row of the reference and documents one or more keys. A call of log()
// with a key that is not listed here does not compile, and docs/operations.md shows this list as its table
// (checked by tests/support/log_keys_test.cpp). Literals; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace chathook {

struct LogTopic {
    std::string_view keys;     // separated by spaces
    std::string_view levels;   // of the keys, in their order; a single one applies to all
    std::string_view meaning;  // Markdown
};

inline constexpr std::array log_topics{
    LogTopic{"starting ready stopping stopped", "info", "the daemon's life"},
    LogTopic{"listening admin_listening", "info", "an address is open; `address` has the real port"},
    LogTopic{"accepted", "info",
             "a new event is durable and was answered 200; `id` and `sequence` are its names from now "
             "on. `retaken=yes`: it had been refused, and was taken again from the rejections"},
    LogTopic{"duplicate", "info", "an event sent again; `sequence` is the first one's"},
    LogTopic{"handshake_answered", "info",
             "a vendor asked whether the address is yours, and was answered; no event was made"},
    LogTopic{"log_overrun", "warning",
             "lines of the log were dropped because nobody read it; how many is in `lines_lost`"},
    LogTopic{"refused", "warning", "answered 4xx; see reasons"},
    LogTopic{"admin_refused", "warning",
             "the admin address refused what is not HTTP, or a request without the token (`missing_token`, "
             "`wrong_token`; at most one line a second, `times` counts)"},
    LogTopic{"clocks_apart", "warning",
             "a right signature was refused for its time: `hint` says by how much and whose clock it "
             "may be; one a minute at most"},
    LogTopic{"core_dumps_possible", "warning", "a build for debugging: not for real secrets"},
    LogTopic{"unavailable", "error", "answered 503; see reasons"},
    LogTopic{"configuration", "warning, error",
             "what the configuration has that it should not; also at reload"},
    LogTopic{"foreign_page_refused", "warning",
             "a page of another site (`origin`, where its browser names it) asked something of the "
             "admin address through the browser of `client`; `requests` since the last such line, of "
             "which there is at most one a second"},
    LogTopic{"stream_refused", "warning",
             "384 event streams of the API are open already; the client is answered 503"},
    LogTopic{"admin_answer_cut", "warning",
             "a client of the admin address took less than 32 KiB of an answer in 10 s, or the journal "
             "could not be read; the answer ended before its end"},
    LogTopic{"stdout_is_the_journal stdout_goes_nowhere", "warning",
             "a stdout sink writes to the systemd journal, which drops lines above its rate limit, or "
             "to `/dev/null`"},
    LogTopic{"rotated_file_deleted", "info",
             "a file sink deleted its oldest rotated file, as `rotate.keep` says"},
    LogTopic{"stream_cut", "warning",
             "a client of an event stream took less than 32 KiB in 10 s; it goes on where it was when "
             "it connects again"},
    LogTopic{"reloaded", "info", "SIGHUP: the new configuration counts"},
    LogTopic{"reload_refused", "error",
             "SIGHUP: nothing was changed, and why; the daemon goes on with what it had, whatever went "
             "wrong"},
    LogTopic{"sink_failing sink_recovered", "warning, info",
             "a receiver began to fail, with its reason; it works again"},
    LogTopic{"sink_breaker_open sink_breaker_closed", "error, info",
             "it failed so often in a row that it is asked with one event now and then; it works again"},
    LogTopic{"dead_lettered", "error", "events were given up for a sink"},
    LogTopic{"file_mended", "warning",
             "a file sink cut a torn last line off after a crash; that event is written again"},
    LogTopic{"rotation_failed", "error",
             "a file sink could not rotate its file and goes on writing to the old one"},
    LogTopic{"journal_failed journal_unavailable journal_not_readable", "error",
             "the disk reports errors, or a path of the journal was moved, removed or hidden (`reason` "
             "says which and what to do); see exit code 74"},
    LogTopic{"journal_opened_on_full_disk", "error",
             "the start found no room for the index of the journal's log, which is in memory until the "
             "next start; other programs find `journal.sqlite` locked meanwhile"},
    LogTopic{"journal_open_to_other_programs", "warning",
             "the same, and they could not be locked out: open it with none"},
    LogTopic{"journal_not_writable journal_writable", "error, info",
             "no room, or the quota is reached, with the reason; it takes events again"},
    LogTopic{"journal_record_damaged", "error", "one record's checksum is wrong; it is not delivered"},
    LogTopic{
        "journal_request_damaged", "error",
        "what is stored of the request in which the event of that `sequence` came with others is not as "
        "it was written: its body cannot be put together again; the events are whole. An erasure deletes "
        "it"},
    LogTopic{"journal_progress_damaged", "error",
             "how far a sink is, is not as it was written; the start went on from there by `on_damage: "
             "go_on`"},
    LogTopic{"journal_line_damaged", "error",
             "which sinks the event of that `sequence` goes to is not as it was written; the start "
             "went on by `on_damage: go_on`"},
    LogTopic{
        "journal_set_damaged", "error",
        "which sinks a set has that lines name is not as it was written; the start went on by `on_damage: "
        "go_on`"},
    LogTopic{"journal_upgraded", "info",
             "the journal had the format of an earlier release, and this program's from now on"},
    LogTopic{"journal_index_used journal_index_not_used", "info",
             "what the last stop saved of the ledger spared the start reading it, with so many `events`; it "
             "did not, and the ledger was read, because of `reason`"},
    LogTopic{"journal_index_not_saved", "info", "the next start will have to read the ledger, and why"},
    LogTopic{"journal_log_torn", "info",
             "the last start ended in the middle of a commit; nobody was answered for it"},
    LogTopic{"journal_log_damaged", "error",
             "the disk lost commits; `copies` has database and log. See "
             "[durability.md](durability.md#damage)"},
    LogTopic{"journal_log_missing", "error",
             "the log was removed after a crash; the start went on without it by `on_damage: go_on`"},
    LogTopic{
        "journal_ballast_released journal_ballast_made", "warning, info",
        "the disk is full, so the room that was set aside was given back to purge; room is set aside, at "
        "the first start or when the disk has room again"},
    LogTopic{"sqlite_version_not_tested", "info",
             "this version of SQLite was not tested with grouped writes, so each of its writes is a system "
             "call of its own: nothing is at risk, and commits take more processor time"},
    LogTopic{"journal_log_not_emptied", "warning",
             "the write-ahead log could not be folded in; it is tried again"},
    LogTopic{"journal_in_memory journal_on_network_or_user_file_system", "warning",
             "`journal.path` is where the promise cannot be kept"},
    LogTopic{"journal_directory_open_to_others", "warning", "others may read people's messages: `chmod 700`"},
    LogTopic{"cannot_open_journal cannot_start", "error", "why the start failed"},
    LogTopic{"dead_letters_expired", "warning",
             "so many `events` were dead letters of `sink` for longer than `journal.retain_dead` and "
             "are deleted"},
    LogTopic{"clock_jumped", "warning",
             "the wall clock was set: `by` how much, in which `direction`, and `consequence`. See "
             "[durability.md](durability.md#a-wall-clock-that-is-wrong)"},
    LogTopic{"clock_not_trusted", "warning",
             "the wall clock went on by more than an hour during the stop, or went back, and the "
             "kernel does not say that it is synchronised: so much was `counted` for ages"},
    LogTopic{"clock_trusted", "info", "the rest was `counted`"},
    LogTopic{"events_from_the_future", "warning",
             "so many `events` were stored by version 0.1 while the clock was ahead; their age counts "
             "from now on"},
    LogTopic{"events_of_a_removed_sink_given_up", "warning",
             "what waited longer than `journal.retain_dead` for a `sink` that left the configuration "
             "became its dead letters"},
    LogTopic{"replayed dead_letters_retried dead_letters_discarded", "info",
             "somebody ordered it; `sink` and how many `events`"},
    LogTopic{"rejections_retried", "info",
             "refused requests were taken again; how many were `accepted` or `duplicates`"},
    LogTopic{"erased", "info", "a person was erased: how many `events` and `rejections`, never who"},
    LogTopic{"erased_at_sink", "info",
             "after `erased`, for each sink: the numbers of the receipt (`delivered`, `skipped`, "
             "`tried`, `under_way`, `given_up`)"},
    LogTopic{"connection_limit_reached", "warning",
             "`limits.connections` are open; others wait until one closes"},
    LogTopic{"tls_handshake_failed", "warning",
             "the reason, and how often since the last such line; one a second at most"},
    LogTopic{"proxy_header_refused", "warning",
             "a peer that is not in `trusted_proxies`, or sent no header; one a second at most"},
    LogTopic{"connections_limited", "warning",
             "the limit on open files leaves room for fewer connections than `server.limits.connections`, "
             "because deliveries, the journal and the admin address need descriptors too"},
    LogTopic{"cannot_accept", "warning",
             "out of descriptors or memory: raise LimitNOFILE, or lower `limits.connections`"},
    LogTopic{"connection_failed connection_not_taken", "error", "one connection was given up, and why"},
    LogTopic{"handler_failed network_thread_failed", "error",
             "a defect: the request was answered 500; please report it"},
};

// Whether one of the topics names `word` in its `words`, a text of words separated by spaces.
template <class Topics, class Topic>
constexpr bool is_listed_in(const Topics& topics, std::string_view Topic::*words, std::string_view word) {
    for (const Topic& topic : topics) {
        std::string_view rest = topic.*words;
        while (!rest.empty()) {
            const std::size_t blank = rest.find(' ');
            if (rest.substr(0, blank) == word) return true;
            rest.remove_prefix(blank == rest.npos ? rest.size() : blank + 1);
        }
    }
    return false;
}

constexpr bool is_listed_log_key(std::string_view key) {
    return is_listed_in(log_topics, &LogTopic::keys, key);
}

// What a line of the log is about. Made from a literal only, which has to be listed.
class LogKey {
public:
    consteval LogKey(const char* key)
        : text_(key) {  // NOLINT(google-explicit-constructor): a literal is the key
        if (!is_listed_log_key(key)) throw "list this key in support/log_keys.hpp";
    }

    constexpr std::string_view text() const noexcept { return text_; }

private:
    std::string_view text_;
};

}  // namespace chathook
