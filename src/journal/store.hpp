// The journal's tables as operations: append, settle, forget. Keeps in memory what would otherwise be looked
// up for every event: which keys were seen, how far each sink is. Writer thread only; throws SqliteError.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chathook/event.hpp>

#include "journal/journal.hpp"
#include "journal/progress.hpp"
#include "journal/sqlite.hpp"

namespace chathook::journal {

class Store {
public:
    // Reads the ledger once, about a third of a second for a million events. Throws OpenError when the
    // tables contradict each other.
    Store(Database& database, std::chrono::seconds dedupe_window);

    // Every change stands between begin() and commit(); rollback() takes back what memory holds, too.
    void begin();
    void commit();
    void rollback() noexcept;

    // Stores the event under the next sequence, unless its key was seen within the window.
    Appended append(const Event& event, SinkSet routed);

    // Writes down how deliveries ended and moves the sink's cursor over what is settled or not routed. With
    // no settlements it only moves the cursor. Sequences that do not wait for this sink are ignored.
    void settle(SinkNumber sink, std::vector<Settlement> settlements, Instant at);

    // The number of that name, given out if it is new; nothing when all are in use.
    std::optional<SinkNumber> sink_number(std::string_view name);
    bool knows(SinkNumber sink) const noexcept { return sink < names_.size(); }
    SinkNumber sinks() const noexcept { return static_cast<SinkNumber>(names_.size()); }

    // Whether no sink of `routed` waits for this event any more.
    bool settled_everywhere(std::uint64_t sequence, SinkSet routed) const;

    // Retention: the record itself; its line in the ledger, after which its key counts as new; a dead letter.
    void delete_event(std::uint64_t sequence) { delete_event_.execute(sequence); }
    void delete_line(std::uint64_t sequence, std::string_view key);
    void delete_dead(std::uint64_t sequence, SinkNumber sink);

    const Counts& counts() const noexcept { return counts_; }

private:
    using KeyIndex = boost::unordered_flat_map<std::uint64_t, std::uint64_t>;

    void load_sinks();
    void load_ledger();
    std::optional<std::uint64_t> seen(const Event& event);
    std::size_t walk(SinkNumber sink, std::vector<Settlement>& settlements);
    void keep_exceptions(SinkNumber sink, const std::vector<Settlement>& settlements);
    void drop_exceptions(SinkNumber sink);
    bool routed_to(std::uint64_t sequence, SinkNumber sink);

    Database& database_;
    std::chrono::microseconds dedupe_window_;

    // The first 8 bytes of a key -> the newest sequence that has them. The whole key is compared in the
    // ledger, so two keys that share them cost a missed duplicate at worst, never a lost event.
    KeyIndex keys_;
    std::vector<std::string> names_;  // by number
    Counts counts_;
    std::array<std::set<std::uint64_t>, sinks_max> settled_;  // settled sequences above the cursor

    // How memory was before begin().
    struct KeyUndo {
        std::uint64_t prefix;
        std::uint64_t sequence;  // 0: none
    };
    struct SettledUndo {
        SinkNumber sink;
        std::uint64_t sequence;
        bool inserted;
    };
    Counts saved_counts_;
    std::size_t saved_names_ = 0;
    bool open_ = false;  // between begin() and commit()
    std::vector<KeyUndo> key_undo_;
    std::vector<SettledUndo> settled_undo_;

    Statement begin_, commit_, rollback_;
    Statement insert_line_, insert_event_, line_, walk_, insert_settled_, delete_settled_, insert_dead_;
    Statement update_cursor_, insert_sink_, delete_event_, delete_line_, delete_dead_;
};

// What the index over keys looks at.
std::uint64_t key_prefix(std::string_view key) noexcept;

}  // namespace chathook::journal
