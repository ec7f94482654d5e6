// The journal's tables as operations: append, settle, change, forget. Keeps in memory what would otherwise be
// looked up for every event: which keys were seen, how far each sink is. Writer thread only; throws
// SqliteError.
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

#include "sqlite/sqlite.hpp"
#include "store/groups.hpp"
#include "store/key_index.hpp"
#include "store/recent_lines.hpp"
#include "store/runs.hpp"
#include "store/words.hpp"

namespace chathook::store {

class Store {
public:
    // Reads the ledger once, about a third of a second for a million events. Throws OpenError when the
    // tables contradict each other.
    // A sink's progress that is not as it was written is an OpenError, or logged and believed, by
    // `on_damage`.
    // `ages`: the journal's clock, which all `at` below are of.
    Store(Database& database, std::chrono::seconds dedupe_window, OnDamage on_damage = OnDamage::stop,
          std::shared_ptr<const Ages> ages = std::make_shared<Ages>());

    // Every change stands between begin() and commit(); rollback() takes back what memory holds, too.
    void begin();
    void commit();
    void rollback() noexcept;

    // Stores the event under the next sequence, unless its key was seen within the window.
    Appended append(const Event& event, SinkSet routed);

    // Writes down how deliveries ended and moves the sink's cursor over what is settled or not routed. With
    // no settlements it only moves the cursor. Sequences that are not due for this sink are ignored.
    void settle(SinkNumber sink, std::vector<Settlement> settlements, Instant at);

    // The three changes that people ask for; see Journal.
    std::size_t redeliver(SinkNumber sink, std::span<const std::uint64_t> sequences, Instant at);
    std::size_t discard(SinkNumber sink, std::span<const std::uint64_t> sequences);
    Erased erase(std::span<const std::uint64_t> asked, const SinkRests& rests, Instant at);

    // The number of that name, given out if it is new; nothing when all are in use. Who asks delivers to it.
    std::optional<SinkNumber> sink_number(std::string_view name);
    // The same outside of begin() and commit(), for a disk that is full: memory alone knows a new one, and
    // the next begin() writes it down, before anything can be routed to it.
    std::optional<SinkNumber> sink_number_later(std::string_view name);
    SinkSet configured() const noexcept { return configured_; }
    const std::string& name_of(SinkNumber sink) const noexcept { return names_[sink]; }
    bool knows(SinkNumber sink) const noexcept { return sink < names_.size(); }
    SinkNumber sinks() const noexcept { return static_cast<SinkNumber>(names_.size()); }

    // Whether an event that is routed to the sink has not been settled for the first time.
    bool waits(std::uint64_t sequence, SinkNumber sink) const;

    // Whether no sink of `routed` waits for this event any more.
    bool settled_everywhere(std::uint64_t sequence, SinkSet routed) const;

    // Forgets the records of these sequences, which rise; and lines that only they held: see forget_lines().
    void forget(std::span<const std::uint64_t> sequences, Instant at);

    // Deletes the lines of one group, after which their keys count as new; unless a key does not yet, a
    // record of the group is left, or the newest line, from which the next sequence is counted, stands in it.
    void forget_lines(std::uint64_t first, Instant at);

    const Ages& ages() const noexcept { return *ages_; }

    // What was received in the future when the ledger was read, as the ages had it then.
    const std::vector<Epochs::Run>& ahead() const noexcept { return ahead_; }

    const Counts& counts() const noexcept { return counts_; }

    // The sinks that have settled something above their cursor.
    SinkSet scattered() const noexcept;

private:
    void flush();
    void insert_long(std::uint64_t sequence, const StoredRecord& record);
    std::size_t forget_in_group(std::span<const std::uint64_t> sequences, Instant at);
    void load_sinks();
    void insert_sink(std::size_t number);
    void check_line(const Rows& rows, OnDamage on_damage) const;
    void load_ledger(OnDamage on_damage);
    void note_ahead(std::uint64_t sequence, Instant received, Instant now);

    // The newest line with this key.
    struct Seen {
        std::uint64_t sequence;
        Instant received;
    };
    std::optional<Seen> seen(std::string_view key);
    void index(KeyIndex::Prefix prefix, std::uint64_t sequence);
    void unindex(KeyIndex::Prefix prefix, std::uint64_t sequence);
    std::size_t walk(SinkNumber sink, const std::vector<Settlement>& settlements);
    void pass_apart(SinkNumber sink, std::span<const Settlement> settlements);
    void load_runs(OnDamage on_damage);
    void write_runs(SinkNumber sink);
    bool routed_to(std::uint64_t sequence, SinkNumber sink);
    bool has_record(std::uint64_t sequence);
    void settle_again(SinkNumber sink, const Settlement& settlement, Instant at);
    void insert_dead(SinkNumber sink, const Settlement& settlement, Instant at);
    bool take_dead(SinkNumber sink, std::uint64_t sequence);

    // What became of an event at a sink, where the other tables do not tell; the numbers stand on disk.
    enum class Outcome : std::uint8_t { delivered = 1, discarded = 2 };
    void note(SinkNumber sink, std::uint64_t sequence, Outcome outcome);
    bool take_discarded(SinkNumber sink, std::uint64_t sequence);

    // How far an event is, each a set of sinks.
    struct Standing {
        SinkSet waiting = 0, delivered = 0, dead = 0, again = 0, discarded = 0;
        SinkSet given_up_before = 0;  // of `again`: was dead or discarded
        SinkSet any() const noexcept { return waiting | delivered | dead | again | discarded; }
    };
    Standing standing_of(std::uint64_t sequence, SinkSet routed);
    SinkSet sinks_of(Statement& statement, std::uint64_t sequence);
    void take_out(std::uint64_t sequence, const Standing& standing);
    void count_at_sink(Erased::AtSink& at, std::uint64_t sequence, const Standing& standing,
                       const Holding::Rest& rest);

    // What was appended and does not stand in the tables yet. They are written a group at a time, and before
    // anything else looks at them.
    struct Pending {
        std::uint64_t first = 0;
        std::string lines;
        RecordGroupWriter records;
    };

    Database& database_;
    Pending pending_;
    bool wrote_long_ = false;  // since the last commit: its pages fill the cache, and nobody asks for them
    std::chrono::microseconds dedupe_window_;
    std::shared_ptr<const Ages> ages_;
    std::vector<Epochs::Run> ahead_;

    // Of each key the newest line.
    KeyIndex keys_;
    std::vector<std::string> names_;  // by number
    std::size_t rows_of_sinks_ = 0;   // so many of them stand in the database
    Counts counts_;
    std::vector<Runs> passed_;  // by number
    RecentLines lines_;
    SinkSet configured_ = 0;

    // How memory was before begin().
    struct KeyUndo {
        KeyIndex::Prefix prefix;
        std::uint64_t sequence;
        bool added;
    };
    Counts saved_counts_;
    std::size_t saved_names_ = 0;
    bool open_ = false;  // between begin() and commit()
    std::vector<KeyUndo> key_undo_;

    Statement begin_, commit_, rollback_;
    Statement insert_lines_, insert_records_, lines_of_, records_of_, update_records_, delete_records_,
        delete_lines_;
    Statement line_, walk_, write_run_, delete_run_, insert_dead_;
    Statement insert_sink_, delete_dead_;
    Statement has_record_, insert_again_, delete_again_, insert_outcome_, delete_discarded_;
    Statement dead_of_, again_of_, outcomes_of_, delete_outcomes_;
};

}  // namespace chathook::store
