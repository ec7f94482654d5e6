// The operations on the journal's tables: append, settle, change, forget. Keeps in memory what would
// otherwise be read for every event: the dedupe keys and the progress of each sink. Writer thread only;
// throws SqliteError.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chathook/event.hpp>

#include "format/groups.hpp"
#include "format/owed.hpp"
#include "format/runs.hpp"
#include "format/sink_sets.hpp"
#include "keys/key_index.hpp"
#include "sqlite/sqlite.hpp"
#include "store/group_table.hpp"
#include "store/owed_table.hpp"
#include "store/recent_lines.hpp"
#include "store/request_table.hpp"
#include "store/saved_index.hpp"
#include "store/source_table.hpp"
#include "store/words.hpp"

namespace chathook::store {

class Store {
public:
    // Reads the ledger once, which takes about a fifth of a second for a million events; with `saved`, the
    // index of its keys, only the lines of events that wait for a sink. Throws OpenError if
    // the tables contradict each other. `on_damage` decides whether a sink's progress whose checksum is wrong
    // is an OpenError too, or is logged and used. `ages`: the journal's clock, to which every `at` below
    // belongs.
    Store(Database& database, std::chrono::seconds dedupe_window, OnDamage on_damage = OnDamage::stop,
          std::shared_ptr<const Ages> ages = std::make_shared<Ages>(),
          std::optional<KeyIndex> saved = std::nullopt);

    // Every change is made between begin() and commit(); rollback() undoes the changes in memory, too.
    void begin();
    void commit();
    void rollback() noexcept;

    // For the last transaction of a stop: the next start may use what keys() has, once it is in a file.
    void mark_saved(const IndexIdentity& identity);
    const KeyIndex& keys() const noexcept { return keys_; }

    // Stores the event under the next sequence, unless its key was stored within the window.
    Appended append(const Event& event, const SinkSet& routed);
    // See journal::Engine.
    void append_request(const journal::Parcel& parcel, std::span<const Appended> appended);

    // Records how deliveries ended and moves the sink's cursor past what is settled or not routed. Without
    // settlements it only moves the cursor. Sequences that are not due for this sink are ignored.
    void settle(SinkNumber sink, std::vector<Settlement> settlements, Instant at);

    // The three changes that operators order; see journal::Orders.
    std::size_t redeliver(SinkNumber sink, std::span<const std::uint64_t> sequences, Instant at);
    std::size_t discard(SinkNumber sink, std::span<const std::uint64_t> sequences);
    Erased erase(std::span<const std::uint64_t> asked, const SinkRemainders& remainders, Instant at);

    // The number of that name, assigned if the name is new. From now on the sink counts as configured.
    SinkNumber sink_number(std::string_view name);
    // The same outside of a transaction, for a disk that is full: a new number exists in memory only until
    // the next begin() stores it, which is before any event can be routed to the sink.
    SinkNumber sink_number_later(std::string_view name);
    const SinkSet& configured() const noexcept { return configured_; }
    const std::string& name_of(SinkNumber sink) const noexcept { return names_[sink]; }
    bool knows(SinkNumber sink) const noexcept { return sink < names_.size(); }
    SinkNumber sinks() const noexcept { return static_cast<SinkNumber>(names_.size()); }

    // Whether this event, which is routed to the sink, still waits for its first settlement.
    bool waits(std::uint64_t sequence, SinkNumber sink) const;

    // Whether a line's event goes to the sink, and whether none of its sinks waits for it any more.
    bool routed(Routes routes, SinkNumber sink) const noexcept { return sets_.contains(routes, sink); }
    bool settled_everywhere(std::uint64_t sequence, Routes routes) const;

    // Deletes the records of these sequences, which are in rising order, and lines that were kept only
    // because of them: see forget_lines().
    void forget(std::span<const std::uint64_t> sequences, Instant at);

    // Deletes the lines of one group, after which their keys count as new. Does nothing if one of the keys is
    // still within the dedupe window, if a record of the group is left, or if the newest line is in it, from
    // which the next sequence is counted.
    void forget_lines(std::uint64_t first, Instant at);

    GroupTable& groups() noexcept { return groups_; }
    const Ages& ages() const noexcept { return *ages_; }

    // The events whose time of receipt was in the future when the ledger was read.
    const std::vector<Epochs::Run>& future_runs() const noexcept { return future_runs_; }

    const Counts& counts() const noexcept { return counts_; }

private:
    void flush();
    void insert_long(std::uint64_t sequence, const StoredRecord& record);
    std::size_t forget_in_group(std::span<const std::uint64_t> sequences, Instant at);
    void load_sinks();
    void load_sets(OnDamage on_damage);
    void insert_sink(std::size_t number);
    void check_line(const StoredLine& stored, OnDamage on_damage);
    template <class Visit>
    void visit_lines(std::uint64_t from, std::uint64_t to, const Visit& visit);
    void load_ledger(OnDamage on_damage);
    void load_waiting(OnDamage on_damage);
    void load_key(KeyIndex::Prefix prefix, std::uint64_t sequence);
    void count_waiting(const Line& line);
    void check_newest();
    std::uint32_t set_of(const SinkSet& sinks);
    void write_set(std::uint32_t number, const SinkSet& sinks);
    void add_future_run(std::uint64_t sequence, Instant received);

    // A line of the ledger, as far as deduplication needs it.
    struct KnownLine {
        std::uint64_t sequence;
        Instant received;
    };
    // The newest line with this key.
    std::optional<KnownLine> newest_with_key(std::string_view key);
    void index(KeyIndex::Prefix prefix, std::uint64_t sequence);
    void unindex(KeyIndex::Prefix prefix, std::uint64_t sequence);
    std::size_t advance_cursor(SinkNumber sink, const std::vector<Settlement>& settlements);
    void pass_apart(SinkNumber sink, std::span<const Settlement> settlements);
    void load_runs(OnDamage on_damage);
    void write_runs(SinkNumber sink);
    bool routed_to(std::uint64_t sequence, SinkNumber sink);
    void note_progress(SinkNumber sink);
    bool has_record(std::uint64_t sequence);

    // What an event is at a sink, and the one way in which that changes: by step() of owed.hpp.
    Standing standing(SinkNumber sink, std::uint64_t sequence);
    Step change(SinkNumber sink, std::uint64_t sequence, const Standing& from, Change change, Instant at,
                const Settlement* settlement = nullptr);
    // At every sink that the event was routed or redelivered to.
    std::vector<std::pair<SinkNumber, Standing>> standings(std::uint64_t sequence, Routes routes);
    void erase_at_sink(Erased::AtSink& receipt, std::uint64_t sequence, const Standing& at,
                       const Holding::Remainder& remainder);

    // Events that were appended and are not in the tables yet. They are written a group at a time, and before
    // anything reads the tables.
    struct Pending {
        std::uint64_t first = 0;
        std::string lines;
        RecordGroupWriter records;
    };

    Database& database_;
    Pending pending_;
    bool wrote_long_ = false;  // since the last commit: its pages fill the cache and are not needed again
    std::chrono::microseconds dedupe_window_;
    std::shared_ptr<const Ages> ages_;
    std::vector<Epochs::Run> future_runs_;

    // The newest line of each key.
    KeyIndex keys_;
    std::vector<std::string> names_;  // by number
    std::size_t rows_of_sinks_ = 0;   // how many of them are stored
    Counts counts_;
    std::vector<Runs> passed_;  // by number
    OwedTable owed_;
    GroupTable groups_;
    RequestTable requests_;
    SourceTable sources_;
    RecentLines lines_;
    SinkSet configured_;
    SinkSets sets_;
    bool marked_saved_ = false;                // begin() takes the mark back
    std::vector<std::uint32_t> damaged_sets_;  // begin() writes them down as they are used from now on

    // What rollback() needs to restore the memory.
    struct KeyUndo {
        KeyIndex::Prefix prefix;
        std::uint64_t sequence;
        bool added;
    };
    Counts saved_counts_;
    std::size_t saved_names_ = 0;
    std::size_t saved_sets_ = 0;
    bool open_ = false;  // a transaction is open
    std::vector<KeyUndo> key_undo_;

    Statement begin_, commit_, rollback_;
    Statement line_, lines_behind_, write_run_, delete_run_, insert_sink_, insert_set_, has_record_;
};

}  // namespace chathook::store
