#include "journal/store.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

#include "journal/record.hpp"
#include "support/log.hpp"

namespace chathook::journal {
namespace {

constexpr int exit_io_error = 74;

// Ledger lines that one settle() looks at, at most; the rest of the way is walked by later ones.
constexpr std::uint64_t walk_rows_max = 4096;

Instant instant_of(std::int64_t microseconds) noexcept {
    return Instant(std::chrono::microseconds(microseconds));
}

[[noreturn]] void contradiction(const std::string& what) {
    throw OpenError(exit_io_error, "the journal is damaged: " + what);
}

StoredRecord stored(const Event& event, std::uint32_t checksum) {
    return {checksum,
            static_cast<std::uint32_t>(event.original_at),
            static_cast<std::uint32_t>(event.original_size),
            event.source,
            event.vendor,
            event.type,
            event.vendor_type,
            event.id,
            event.json,
            event.raw};
}

// A clock that was stepped back counts like one that went on.
std::chrono::microseconds distance(Instant a, Instant b) noexcept { return a > b ? a - b : b - a; }

}  // namespace

Store::Store(Database& database, std::chrono::seconds dedupe_window, OnDamage on_damage)
    : database_(database),
      dedupe_window_(dedupe_window),
      begin_(database, "BEGIN IMMEDIATE"),
      commit_(database, "COMMIT"),
      rollback_(database, "ROLLBACK"),
      insert_lines_(database, "INSERT INTO lines(first, data) VALUES(?1, ?2)"),
      insert_records_(database, "INSERT INTO records(first, data) VALUES(?1, ?2)"),
      lines_of_(database, "SELECT data FROM lines WHERE first = ?1"),
      records_of_(database,
                  "SELECT r.first, r.data, length(l.data) FROM records r LEFT JOIN lines l ON "
                  "l.first = r.first WHERE r.first <= ?1 ORDER BY r.first DESC LIMIT 1"),
      update_records_(database, "UPDATE records SET data = ?2 WHERE first = ?1"),
      delete_records_(database, "DELETE FROM records WHERE first = ?1"),
      delete_lines_(database, "DELETE FROM lines WHERE first = ?1"),
      line_(database, "SELECT received, routed, key FROM ledger WHERE seq = ?1"),
      walk_(database, "SELECT seq, routed FROM ledger WHERE seq > ?1 ORDER BY seq LIMIT ?2"),
      insert_settled_(database, "INSERT INTO settled(sink, seq) VALUES(?1, ?2)"),
      delete_settled_(database, "DELETE FROM settled WHERE sink = ?1 AND seq <= ?2"),
      insert_dead_(database, "INSERT INTO dead(seq, sink, attempts, reason, at) VALUES(?1, ?2, ?3, ?4, ?5)"),
      update_cursor_(database, "UPDATE sinks SET cursor = ?2 WHERE number = ?1"),
      note_progress_(database, "INSERT OR REPLACE INTO progress(sink, checksum) VALUES(?1, ?2)"),
      insert_sink_(database, "INSERT INTO sinks(number, name, cursor) VALUES(?1, ?2, ?3)"),
      delete_dead_(database, "DELETE FROM dead WHERE seq = ?1 AND sink = ?2"),
      has_record_(database, "SELECT 1 FROM events WHERE seq = ?1"),
      insert_again_(database, "INSERT OR IGNORE INTO again(sink, seq, at) VALUES(?1, ?2, ?3)"),
      delete_again_(database, "DELETE FROM again WHERE sink = ?1 AND seq = ?2"),
      // Only beside the record: with that it goes again.
      insert_outcome_(database,
                      "INSERT OR IGNORE INTO outcomes(seq, sink, outcome) SELECT seq, ?2, ?3 FROM events "
                      "WHERE seq = ?1"),
      delete_discarded_(database, "DELETE FROM outcomes WHERE seq = ?1 AND sink = ?2 AND outcome = 2"),
      dead_of_(database, "SELECT sink FROM dead WHERE seq = ?1"),
      again_of_(database, "SELECT sink FROM again WHERE seq = ?1"),
      outcomes_of_(database, "SELECT sink, outcome FROM outcomes WHERE seq = ?1"),
      delete_outcomes_(database, "DELETE FROM outcomes WHERE seq = ?1") {
    load_sinks();
    check_progress(on_damage);
    load_ledger(on_damage);
}

void Store::load_sinks() {
    Statement sinks(database_, "SELECT number, name, cursor FROM sinks ORDER BY number");
    for (Rows rows = sinks.run(); rows.next();) {
        if (rows.number(0) != names_.size() || names_.size() == sinks_max) {
            contradiction("its sinks are not numbered 0 to 63 without a gap");
        }
        names_.emplace_back(rows.bytes(1));
        counts_.cursor[rows.number(0)] = rows.number(2);
    }
    Statement settled(database_, "SELECT sink, seq FROM settled ORDER BY sink, seq");
    for (Rows rows = settled.run(); rows.next();) {
        if (rows.number(0) < sinks_max) settled_[rows.number(0)].insert(rows.number(1));
    }
    const auto count = [&](const char* table, std::array<std::uint64_t, sinks_max>& counts) {
        Statement by_sink(database_, "SELECT sink, count(*) FROM " + std::string(table) + " GROUP BY sink");
        for (Rows rows = by_sink.run(); rows.next();) {
            if (rows.number(0) < sinks_max) counts[rows.number(0)] = rows.number(1);
        }
    };
    count("dead", counts_.dead);
    count("again", counts_.again);
    Statement outcomes(database_, "SELECT count(*) FROM outcomes");
    if (Rows rows = outcomes.run(); rows.next()) counts_.outcomes = rows.number(0);
}

void Store::check_progress(OnDamage on_damage) {
    Statement progress(database_, "SELECT sink, checksum FROM progress");
    for (Rows rows = progress.run(); rows.next();) {
        const auto sink = static_cast<SinkNumber>(std::min<std::uint64_t>(rows.number(0), sinks_max));
        if (!knows(sink)) contradiction("the progress of a sink that it does not know");
        const std::uint64_t cursor = counts_.cursor[sink];
        if (rows.number(1) == progress_checksum(sink, names_[sink], cursor, settled_[sink])) continue;
        const std::string what =
            "how far sink " + names_[sink] + " is (" + std::to_string(cursor) + ") is not as it was written";
        if (on_damage == OnDamage::stop) {
            contradiction(what +
                          "; check the disk, then set journal.on_damage: go_on to go on from there, and "
                          "replay to this sink what it may have missed");
        }
        log(LogLevel::error, "journal_progress_damaged", {{"sink", names_[sink]}, {"what", what}});
    }
}

void Store::note_progress(SinkNumber sink) {
    note_progress_.execute(sink, progress_checksum(sink, names_[sink], counts_.cursor[sink], settled_[sink]));
}

void Store::check_line(const Rows& rows, OnDamage on_damage) const {
    const Line line{rows.number(0), instant_of(rows.integer(3)), rows.number(1), {}};
    if (is_whole(line, rows.bytes(2))) return;
    const std::string sequence = std::to_string(line.sequence);
    if (on_damage == OnDamage::stop) {
        contradiction(
            "which sinks event " + sequence +
            " goes to is not as it was written; check the disk, then set journal.on_damage: go_on to go on, "
            "and replay the event to the sinks that may have missed it");
    }
    log(LogLevel::error, "journal_line_damaged", {{"sequence", sequence}});
}

void Store::load_ledger(OnDamage on_damage) {
    Statement ledger(database_, "SELECT seq, routed, key, received FROM ledger ORDER BY seq");
    for (Rows rows = ledger.run(); rows.next();) {
        const std::uint64_t sequence = rows.number(0);
        const SinkSet routed = rows.number(1);
        check_line(rows, on_damage);
        const std::string_view key = rows.bytes(2).substr(0, line_key_bytes);
        const KeyIndex::Prefix prefix = KeyIndex::prefix_of(key);
        if (const auto before = seen(key)) keys_.remove(prefix, before->sequence);
        keys_.add(prefix, sequence);
        for (SinkNumber sink = 0; sink < sinks(); ++sink) {
            if (contains(routed, sink) && waits(sequence, sink)) ++counts_.waiting[sink];
        }
        counts_.newest = sequence;
    }
    Statement newest(database_, "SELECT seq FROM events ORDER BY seq DESC LIMIT 1");
    Rows rows = newest.run();
    if (rows.next() && rows.number(0) > counts_.newest) contradiction("an event stands in no ledger line");
    for (SinkNumber sink = 0; sink < sinks(); ++sink) {
        if (counts_.cursor[sink] > counts_.newest) {
            contradiction("sink " + names_[sink] + " is further than the newest event");
        }
    }
}

void Store::begin() {
    begin_.execute();
    pending_ = {};
    open_ = true;
    saved_counts_ = counts_;
    saved_names_ = names_.size();
    key_undo_.clear();
    settled_undo_.clear();
}

void Store::commit() {
    flush();
    commit_.execute();
    open_ = false;
}

void Store::rollback() noexcept {
    if (!open_) return;
    open_ = false;
    try {
        // After some errors SQLite has rolled back by itself.
        if (database_.in_transaction()) rollback_.execute();
    } catch (const SqliteError&) {
        // Nothing more can be done with the connection; memory is put right all the same.
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
    for (auto undo = settled_undo_.rbegin(); undo != settled_undo_.rend(); ++undo) {
        if (undo->inserted) {
            settled_[undo->sink].erase(undo->sequence);
        } else {
            settled_[undo->sink].insert(undo->sequence);
        }
    }
}

std::optional<Store::Seen> Store::seen(std::string_view key) {
    Instant received{};
    const LineGroup pending(pending_.first, pending_.lines);
    const auto sequence = keys_.find(KeyIndex::prefix_of(key), counts_.newest, [&](std::uint64_t candidate) {
        if (pending.size() > 0 && candidate >= pending.first()) {
            const Line line = pending.line(static_cast<std::size_t>(candidate - pending.first())).line;
            received = line.received;
            return line.key == key;
        }
        Rows rows = line_.run(candidate);
        if (!rows.next() || rows.bytes(2).substr(0, line_key_bytes) != key) return false;
        received = instant_of(rows.integer(0));
        return true;
    });
    if (!sequence) return std::nullopt;
    return Seen{*sequence, received};
}

void Store::index(KeyIndex::Prefix prefix, std::uint64_t sequence) {
    key_undo_.push_back({prefix, sequence, true});
    keys_.add(prefix, sequence);
}

void Store::unindex(KeyIndex::Prefix prefix, std::uint64_t sequence) {
    if (!keys_.remove(prefix, sequence)) return;
    key_undo_.push_back({prefix, sequence, false});
}

Appended Store::append(const Event& event, SinkSet routed) {
    assert(names_.size() == sinks_max || (routed >> names_.size()) == 0);
    const Blob key = blob_of(event.dedupe_key);
    const auto before = seen(key.bytes);
    if (before && distance(before->received, event.received) <= dedupe_window_) {
        return {before->sequence, true};
    }

    const std::uint64_t sequence = counts_.newest + 1;
    if (pending_.lines.empty()) pending_.first = sequence;
    LineGroup::append(pending_.lines, {sequence, event.received, routed, key.bytes});
    pending_.records.add(sequence, stored(event, record_checksum(sequence, routed, event)));
    counts_.newest = sequence;
    lines_.add(sequence, routed);
    for (SinkNumber sink = 0; sink < sinks(); ++sink) counts_.waiting[sink] += contains(routed, sink);
    const KeyIndex::Prefix prefix = KeyIndex::prefix_of(key.bytes);
    if (before) unindex(prefix, before->sequence);
    index(prefix, sequence);
    const bool is_full = LineGroup(pending_.first, pending_.lines).size() >= group_events_max;
    if (is_full || pending_.records.bytes() >= group_bytes_max) flush();
    return {sequence, false};
}

void Store::flush() {
    if (pending_.lines.empty()) return;
    insert_lines_.execute(pending_.first, Blob{pending_.lines});
    insert_records_.execute(pending_.first, Blob{pending_.records.finish(pending_.first)});
    pending_.lines.clear();
}

void Store::settle(SinkNumber sink, std::vector<Settlement> settlements, Instant at) {
    assert(knows(sink));
    flush();
    // In order and once each, without what is settled already: a repeated settlement changes nothing, and
    // what was delivered is no dead letter.
    std::sort(settlements.begin(), settlements.end(), [](const Settlement& a, const Settlement& b) {
        return std::tie(a.sequence, a.kind) < std::tie(b.sequence, b.kind);
    });
    settlements.erase(
        std::unique(settlements.begin(), settlements.end(),
                    [](const Settlement& a, const Settlement& b) { return a.sequence == b.sequence; }),
        settlements.end());
    std::erase_if(settlements, [&](const Settlement& settlement) {
        if (waits(settlement.sequence, sink) && routed_to(settlement.sequence, sink)) return false;
        settle_again(sink, settlement, at);
        return true;
    });
    counts_.waiting[sink] -= settlements.size();
    for (const Settlement& settlement : settlements) {
        if (settlement.kind == Settlement::Kind::dead) insert_dead(sink, settlement, at);
    }
    const std::uint64_t cursor_before = counts_.cursor[sink];
    const std::size_t passed = walk(sink, settlements);
    settlements.erase(settlements.begin(), settlements.begin() + static_cast<std::ptrdiff_t>(passed));
    if (counts_.cursor[sink] != cursor_before) {
        update_cursor_.execute(sink, counts_.cursor[sink]);
        drop_exceptions(sink);
    }
    keep_exceptions(sink, settlements);
    if (counts_.cursor[sink] != cursor_before || !settlements.empty()) note_progress(sink);
}

// Moves the cursor over lines that are not routed to the sink, settled before, or settled by `settlements`
// (in order); answers how many of these it passed.
std::size_t Store::walk(SinkNumber sink, const std::vector<Settlement>& settlements) {
    std::uint64_t& cursor = counts_.cursor[sink];
    // Nothing waits, so nothing has to be looked at.
    if (counts_.waiting[sink] == 0) {
        cursor = counts_.newest;
        return settlements.size();
    }
    std::size_t passed = 0;
    const auto passes = [&](std::uint64_t sequence, SinkSet routed) {
        if (contains(routed, sink)) {
            if (passed < settlements.size() && settlements[passed].sequence == sequence) {
                ++passed;
            } else if (!settled_[sink].contains(sequence)) {
                return false;
            }
        }
        cursor = sequence;
        return true;
    };
    const std::uint64_t end = cursor + walk_rows_max;
    for (auto routed = lines_.routed(cursor + 1, counts_.newest); routed && cursor < end;
         routed = lines_.routed(cursor + 1, counts_.newest)) {
        if (!passes(cursor + 1, *routed)) return passed;
    }
    if (cursor == counts_.newest) return passed;
    for (Rows rows = walk_.run(cursor, walk_rows_max); rows.next();) {
        if (!passes(rows.number(0), rows.number(1))) break;
    }
    return passed;
}

void Store::keep_exceptions(SinkNumber sink, const std::vector<Settlement>& settlements) {
    for (const Settlement& settlement : settlements) {
        insert_settled_.execute(sink, settlement.sequence);
        settled_[sink].insert(settlement.sequence);
        settled_undo_.push_back({sink, settlement.sequence, true});
    }
}

void Store::drop_exceptions(SinkNumber sink) {
    std::set<std::uint64_t>& settled = settled_[sink];
    const auto end = settled.upper_bound(counts_.cursor[sink]);
    if (end == settled.begin()) return;
    delete_settled_.execute(sink, counts_.cursor[sink]);
    for (auto at = settled.begin(); at != end; at = settled.erase(at)) {
        settled_undo_.push_back({sink, *at, false});
    }
}

SinkSet Store::scattered() const noexcept {
    SinkSet scattered = 0;
    for (SinkNumber sink = 0; sink < sinks(); ++sink) {
        if (!settled_[sink].empty()) scattered |= SinkSet{1} << sink;
    }
    return scattered;
}

bool Store::routed_to(std::uint64_t sequence, SinkNumber sink) {
    if (const auto routed = lines_.routed(sequence, counts_.newest)) return contains(*routed, sink);
    Rows rows = line_.run(sequence);
    return rows.next() && contains(rows.number(1), sink);
}

std::optional<SinkNumber> Store::sink_number(std::string_view name) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    const auto number = static_cast<SinkNumber>(found - names_.begin());
    if (number == sinks_max) return std::nullopt;
    configured_ |= SinkSet{1} << number;
    if (found != names_.end()) return number;
    // Nothing older is routed to it, so it starts at the newest.
    insert_sink_.execute(number, name, counts_.newest);
    names_.emplace_back(name);
    counts_.cursor[number] = counts_.newest;
    note_progress(number);
    return number;
}

bool Store::waits(std::uint64_t sequence, SinkNumber sink) const {
    return sequence > counts_.cursor[sink] && !settled_[sink].contains(sequence);
}

bool Store::settled_everywhere(std::uint64_t sequence, SinkSet routed) const {
    for (SinkNumber sink = 0; sink < sinks(); ++sink) {
        if (contains(routed, sink) && waits(sequence, sink)) return false;
    }
    return true;
}

}  // namespace chathook::journal
