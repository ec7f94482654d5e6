#include "store/store.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

#include "format/record.hpp"
#include "support/log.hpp"

namespace chathook::store {
namespace {

// The most ledger lines that one settle() reads; later calls move the cursor over the rest.
constexpr std::uint64_t advance_rows_max = 4096;

StoredRecord stored(const Event& event, std::uint32_t checksum) {
    return {checksum,
            static_cast<std::uint32_t>(event.original_at),
            static_cast<std::uint32_t>(event.original_size),
            event.source,
            event.vendor,
            event.type,
            event.vendor_type,
            event.id,
            event.text,
            event.raw};
}

Change change_of(Settlement::Kind kind) noexcept {
    switch (kind) {
        case Settlement::Kind::delivered: return Change::deliver;
        case Settlement::Kind::dead: return Change::give_up;
        case Settlement::Kind::tried: return Change::fail;
    }
    return Change::deliver;
}

// Either may be the earlier one: a refused request may be retried long after a newer copy of the event came.
std::chrono::microseconds distance(Instant a, Instant b) noexcept { return a > b ? a - b : b - a; }

}  // namespace

Store::Store(Database& database, std::chrono::seconds dedupe_window, OnDamage on_damage,
             std::shared_ptr<const Ages> ages, std::optional<KeyIndex> saved)
    : database_(database),
      dedupe_window_(dedupe_window),
      ages_(std::move(ages)),
      owed_(database, ages_),
      groups_(database),
      requests_(database),
      sources_(database),
      begin_(database, "BEGIN IMMEDIATE"),
      commit_(database, "COMMIT"),
      rollback_(database, "ROLLBACK"),
      line_(database, "SELECT received, routed, key, masked FROM ledger WHERE seq = ?1"),
      lines_behind_(database, "SELECT seq, routed, masked FROM ledger WHERE seq > ?1 ORDER BY seq LIMIT ?2"),
      write_run_(database,
                 "INSERT OR REPLACE INTO passed(sink, first, last, checksum) VALUES(?1, ?2, ?3, ?4)"),
      delete_run_(database, "DELETE FROM passed WHERE sink = ?1 AND first = ?2"),
      insert_sink_(database, "INSERT INTO sinks(number, name) VALUES(?1, ?2)"),
      insert_set_(database, "INSERT OR REPLACE INTO sets(number, sinks, checksum) VALUES(?1, ?2, ?3)"),
      has_record_(database, "SELECT 1 FROM events WHERE seq = ?1") {
    load_sinks();
    load_sets(on_damage);
    load_runs(on_damage);
    if (saved) {
        keys_ = *std::move(saved);
        load_waiting(on_damage);
    } else {
        load_ledger(on_damage);
    }
    check_newest();
    marked_saved_ = index_identity(database).has_value();
}

void Store::write_runs(SinkNumber sink) {
    passed_[sink].take_changes(
        [&](std::uint64_t first, std::uint64_t last) {
            write_run_.execute(sink, first, last, run_checksum(sink, names_[sink], first, last));
        },
        [&](std::uint64_t first) { delete_run_.execute(sink, first); });
}

void Store::begin() {
    begin_.execute();
    pending_ = {};
    open_ = true;
    saved_counts_ = counts_;
    saved_names_ = names_.size();
    saved_sets_ = sets_.size();
    key_undo_.clear();
    owed_.begin();
    for (Runs& runs : passed_) runs.begin();
    for (std::size_t number = rows_of_sinks_; number < names_.size(); ++number) insert_sink(number);
    for (const std::uint32_t number : damaged_sets_) write_set(number, sets_.sinks(number));
    if (marked_saved_) remove_index_identity(database_);
    sources_.begin();
}

void Store::commit() {
    flush();
    commit_.execute();
    sources_.committed();
    if (std::exchange(wrote_long_, false)) database_.release_memory();
    open_ = false;
    rows_of_sinks_ = names_.size();
    damaged_sets_.clear();
    marked_saved_ = false;
}

void Store::rollback() noexcept {
    if (!open_) return;
    open_ = false;
    sources_.undo();
    try {
        // After some errors SQLite has already rolled back.
        if (database_.in_transaction()) rollback_.execute();
    } catch (const SqliteError&) {
        // The connection cannot be used any more; the memory is restored all the same.
    }
    counts_ = saved_counts_;
    names_.resize(saved_names_);
    for (auto undo = key_undo_.rbegin(); undo != key_undo_.rend(); ++undo) {
        if (undo->added) {
            keys_.remove(undo->prefix, undo->sequence);
        } else {
            keys_.add(undo->prefix, undo->sequence);
        }
    }
    passed_.resize(saved_names_);
    for (Runs& runs : passed_) runs.undo();
    owed_.undo();
    sets_.shrink(saved_sets_);
}

std::optional<Store::KnownLine> Store::newest_with_key(std::string_view key) {
    Instant received{};
    const LineGroup pending(pending_.first, pending_.lines);
    const auto sequence = keys_.find(KeyIndex::prefix_of(key), counts_.newest, [&](std::uint64_t candidate) {
        if (pending.size() > 0 && candidate >= pending.first()) {
            const Line line = pending.line(static_cast<std::size_t>(candidate - pending.first())).line;
            received = line.received;
            return line.key == key;
        }
        Rows rows = line_.run(candidate);
        if (!rows.next()) return false;
        received = rows.instant(0);
        const Routes routes{rows.number(1), rows.integer(3) != 0};
        if (!is_whole({candidate, received, routes, {}}, rows.bytes(2))) {
            // Its event may have been another one, or an older one: better twice than not at all.
            log(LogLevel::error, "journal_line_damaged", {{"sequence", std::to_string(candidate)}});
            return false;
        }
        return rows.bytes(2).substr(0, line_key_bytes) == key;
    });
    if (!sequence) return std::nullopt;
    return KnownLine{*sequence, received};
}

void Store::index(KeyIndex::Prefix prefix, std::uint64_t sequence) {
    key_undo_.push_back({prefix, sequence, true});
    keys_.add(prefix, sequence);
}

void Store::unindex(KeyIndex::Prefix prefix, std::uint64_t sequence) {
    if (!keys_.remove(prefix, sequence)) return;
    key_undo_.push_back({prefix, sequence, false});
}

std::uint32_t Store::set_of(const SinkSet& sinks) {
    return sets_.number_of(sinks, [&](std::uint32_t number) { write_set(number, sinks); });
}

void Store::write_set(std::uint32_t number, const SinkSet& sinks) {
    // A blob that is bound without bytes is NULL.
    if (sinks.empty()) return insert_set_.execute(number, Zeros{0}, set_checksum(number, sinks));
    insert_set_.execute(number, Blob{set_bytes(sinks)}, set_checksum(number, sinks));
}

Appended Store::append(const Event& event, const SinkSet& routed) {
    assert(std::all_of(routed.begin(), routed.end(), [&](SinkNumber sink) { return knows(sink); }));
    const Blob key = blob_of(event.dedupe_key);
    const auto before = newest_with_key(key.bytes);
    const std::uint64_t sequence = counts_.newest + 1;
    if (before && distance(ages_->counted_from(before->sequence, before->received),
                           ages_->counted_from(sequence, event.received)) <= dedupe_window_) {
        return {before->sequence, true};
    }

    const Routes routes{set_of(routed), false};
    const StoredRecord record = stored(event, record_checksum(sequence, routes.word, event));
    const bool is_long = record.raw.size() > group_bytes_max;
    if (is_long) flush();
    if (pending_.lines.empty()) pending_.first = sequence;
    LineGroup::append(pending_.lines, {sequence, event.received, routes, key.bytes});
    if (is_long) {
        insert_long(sequence, record);
    } else {
        pending_.records.add(sequence, record);
    }
    counts_.newest = sequence;
    sources_.note(event.source, sequence, event.received);
    lines_.add(sequence, routes.set());
    for (const SinkNumber sink : routed) ++counts_.sinks[sink].waiting;
    const KeyIndex::Prefix prefix = KeyIndex::prefix_of(key.bytes);
    if (before) unindex(prefix, before->sequence);
    index(prefix, sequence);
    if (is_long) return {sequence, false};
    const bool is_full = LineGroup(pending_.first, pending_.lines).size() >= group_events_max;
    if (is_full || pending_.records.bytes() >= group_bytes_max) flush();
    return {sequence, false};
}

// Stores the event as a group of its own, without copying its raw bytes.
void Store::insert_long(std::uint64_t sequence, const StoredRecord& record) {
    groups_.append_long(sequence, pending_.lines, around_raw(sequence, record), record.raw);
    pending_.lines.clear();
    wrote_long_ = true;
}

void Store::flush() {
    if (pending_.lines.empty()) return;
    groups_.append(pending_.first, pending_.lines, pending_.records.finish(pending_.first));
    pending_.lines.clear();
}

void Store::append_request(const journal::Parcel& parcel, std::span<const Appended> appended) {
    // A part that repeats an event is compared with it.
    if (std::any_of(appended.begin(), appended.end(), [](const Appended& part) { return part.duplicate; }))
        flush();
    requests_.append(parcel, appended);
    wrote_long_ = wrote_long_ || parcel.envelope.size() > group_bytes_max;
}

void Store::settle(SinkNumber sink, std::vector<Settlement> settlements, Instant at) {
    assert(knows(sink));
    flush();
    // Sorted, without duplicates and without what is settled already: a repeated settlement changes nothing,
    // and what was delivered does not become a dead letter.
    std::sort(settlements.begin(), settlements.end(), [](const Settlement& a, const Settlement& b) {
        return std::tie(a.sequence, a.kind) < std::tie(b.sequence, b.kind);
    });
    settlements.erase(
        std::unique(settlements.begin(), settlements.end(),
                    [](const Settlement& a, const Settlement& b) { return a.sequence == b.sequence; }),
        settlements.end());
    std::erase_if(settlements, [&](const Settlement& settlement) {
        const Standing from = standing(sink, settlement.sequence);
        return !change(sink, settlement.sequence, from, change_of(settlement.kind), at, &settlement).settles;
    });
    counts_.sinks[sink].waiting -= settlements.size();
    const std::size_t passed = advance_cursor(sink, settlements);
    pass_apart(sink, std::span<const Settlement>(settlements).subspan(passed));
    note_progress(sink);
    write_runs(sink);
}

// Extends the first run over lines that are not routed to the sink, settled before, or settled by
// `settlements` (in order); returns how many of these it passed.
std::size_t Store::advance_cursor(SinkNumber sink, const std::vector<Settlement>& settlements) {
    Runs& runs = passed_[sink];
    // Nothing waits, so nothing has to be looked at.
    if (counts_.sinks[sink].waiting == 0) {
        runs.add(0, counts_.newest);
        return settlements.size();
    }
    std::uint64_t cursor = runs.cursor();
    std::size_t passed = 0;
    const auto passes = [&](std::uint64_t sequence, Routes routes) {
        cursor = runs.end_of(sequence).value_or(sequence);
        if (cursor > sequence || !routed(routes, sink) || runs.contains(sequence)) return true;
        if (passed < settlements.size() && settlements[passed].sequence == sequence) {
            ++passed;
            return true;
        }
        cursor = sequence - 1;
        return false;
    };
    bool goes_on = true;
    const std::uint64_t end = cursor + advance_rows_max;
    for (auto routes = lines_.routes(cursor + 1, counts_.newest); goes_on && routes && cursor < end;
         routes = lines_.routes(cursor + 1, counts_.newest)) {
        goes_on = passes(cursor + 1, *routes);
    }
    if (goes_on && cursor < counts_.newest && cursor < end) {
        for (Rows rows = lines_behind_.run(cursor, advance_rows_max); goes_on && rows.next();) {
            if (rows.number(0) > cursor)
                goes_on = passes(rows.number(0), {rows.number(1), rows.integer(2) != 0});
        }
    }
    runs.add(0, cursor);
    return passed;
}

// Settles what the cursor does not reach, each joined with the run before it unless something between them
// waits.
void Store::pass_apart(SinkNumber sink, std::span<const Settlement> settlements) {
    Runs& runs = passed_[sink];
    std::uint64_t looks_left = advance_rows_max;
    for (const Settlement& settlement : settlements) {
        std::uint64_t first = settlement.sequence;
        while (looks_left > 0 && !runs.contains(first - 1) && !routed_to(first - 1, sink)) {
            --first;
            --looks_left;
        }
        runs.add(first, settlement.sequence);
    }
}

void Store::note_progress(SinkNumber sink) {
    counts_.sinks[sink].cursor = passed_[sink].cursor();
    counts_.sinks[sink].out_of_order = passed_[sink].size() > 1;
}

bool Store::routed_to(std::uint64_t sequence, SinkNumber sink) {
    if (const auto routes = lines_.routes(sequence, counts_.newest)) return routed(*routes, sink);
    Rows rows = line_.run(sequence);
    return rows.next() && routed({rows.number(1), rows.integer(3) != 0}, sink);
}

Standing Store::standing(SinkNumber sink, std::uint64_t sequence) {
    Standing at{routed_to(sequence, sink), passed_[sink].contains(sequence), OwedState::none, 0};
    std::tie(at.state, at.flags) = owed_.find(sink, sequence, at.waits());
    return at;
}

bool Store::waits(std::uint64_t sequence, SinkNumber sink) const { return !passed_[sink].contains(sequence); }

bool Store::settled_everywhere(std::uint64_t sequence, Routes routes) const {
    bool settled = true;
    sets_.each(routes,
               [&](SinkNumber sink) { settled = settled && (!knows(sink) || !waits(sequence, sink)); });
    return settled;
}

}  // namespace chathook::store
