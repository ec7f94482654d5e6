// How a store reads the tables at the start.
#include <algorithm>
#include <set>
#include <string>

#include "format/record.hpp"
#include "store/store.hpp"
#include "support/log.hpp"

namespace chathook::store {
namespace {

[[noreturn]] void throw_contradiction(const std::string& what) {
    throw OpenError(ExitCode::io_error, "the journal is damaged: " + what);
}

}  // namespace

void Store::load_sinks() {
    Statement sinks(database_, "SELECT number, name FROM sinks ORDER BY number");
    for (Rows rows = sinks.run(); rows.next();) {
        if (rows.number(0) != names_.size()) throw_contradiction("its sinks are not numbered without a gap");
        names_.emplace_back(rows.bytes(1));
        passed_.emplace_back();
    }
    rows_of_sinks_ = names_.size();
    for (SinkNumber sink = 0; sink < names_.size(); ++sink) {
        counts_.sinks.push_back(
            {.again = owed_.count(sink, OwedState::again), .dead = owed_.count(sink, OwedState::dead)});
    }
}

void Store::load_sets(OnDamage on_damage) {
    for (const std::uint32_t number : sets_.load(database_.handle())) {
        const std::string what =
            "which sinks set " + std::to_string(number) + " has is not as it was written";
        if (on_damage == OnDamage::stop) {
            throw_contradiction(
                what +
                "; check the disk, then set journal.on_damage: go_on to go on, and replay to the "
                "sinks what they may have missed");
        }
        log(LogLevel::error, "journal_set_damaged", {{"reason", what}});
        if (number < sets_.size()) damaged_sets_.push_back(number);
    }
}

void Store::load_runs(OnDamage on_damage) {
    std::set<SinkNumber> damaged;
    Statement runs(database_, "SELECT sink, first, last, checksum FROM passed ORDER BY sink, first");
    for (Rows rows = runs.run(); rows.next();) {
        const auto sink = static_cast<SinkNumber>(std::min<std::uint64_t>(rows.number(0), UINT32_MAX));
        if (!knows(sink)) throw_contradiction("the progress of a sink that it does not know");
        const std::uint64_t first = rows.number(1), last = rows.number(2);
        passed_[sink].load(first, last);
        if (rows.number(3) != run_checksum(sink, names_[sink], first, last)) damaged.insert(sink);
    }
    for (SinkNumber sink = 0; sink < sinks(); ++sink) note_progress(sink);
    for (const SinkNumber sink : damaged) {
        const std::string what = "how far sink " + names_[sink] + " is (" +
                                 std::to_string(counts_.sinks[sink].cursor) + ") is not as it was written";
        if (on_damage == OnDamage::stop) {
            throw_contradiction(
                what +
                "; check the disk, then set journal.on_damage: go_on to go on from there, and "
                "replay to this sink what it may have missed");
        }
        log(LogLevel::error, "journal_progress_damaged", {{"sink", names_[sink]}, {"reason", what}});
        passed_[sink].change_all();
    }
}

void Store::check_line(const Rows& rows, OnDamage on_damage) {
    const Line line{rows.number(0), rows.instant(3), {rows.number(1), rows.integer(4) != 0}, {}};
    if (is_whole(line, rows.bytes(2)) && sets_.knows(line.routes)) return;
    const std::string sequence = std::to_string(line.sequence);
    if (on_damage == OnDamage::stop) {
        throw_contradiction(
            "which sinks event " + sequence +
            " goes to is not as it was written; check the disk, then set journal.on_damage: go_on to go on, "
            "and replay the event to the sinks that may have missed it");
    }
    log(LogLevel::error, "journal_line_damaged", {{"sequence", sequence}});
    if (!sets_.knows(line.routes)) {
        for (const std::uint32_t number : sets_.reserve(line.routes.set())) damaged_sets_.push_back(number);
    }
}

void Store::load_ledger(OnDamage on_damage) {
    const Instant now = ages_->now();
    Statement ledger(database_, "SELECT seq, routed, key, received, masked FROM ledger ORDER BY seq");
    for (Rows rows = ledger.run(); rows.next();) {
        const std::uint64_t sequence = rows.number(0);
        check_line(rows, on_damage);
        add_future_run(sequence, rows.instant(3), now);
        const std::string_view key = rows.bytes(2).substr(0, line_key_bytes);
        const KeyIndex::Prefix prefix = KeyIndex::prefix_of(key);
        if (const auto before = newest_with_key(key)) keys_.remove(prefix, before->sequence);
        keys_.add(prefix, sequence);
        sets_.each({rows.number(1), rows.integer(4) != 0}, [&](SinkNumber sink) {
            if (knows(sink) && waits(sequence, sink)) ++counts_.sinks[sink].waiting;
        });
        counts_.newest = sequence;
    }
    Statement newest(database_, "SELECT seq FROM events ORDER BY seq DESC LIMIT 1");
    Rows rows = newest.run();
    if (rows.next() && rows.number(0) > counts_.newest)
        throw_contradiction("an event stands in no ledger line");
    for (SinkNumber sink = 0; sink < sinks(); ++sink) {
        if (counts_.sinks[sink].cursor > counts_.newest) {
            throw_contradiction("sink " + names_[sink] + " is further than the newest event");
        }
    }
}

void Store::add_future_run(std::uint64_t sequence, Instant received, Instant now) {
    if (ages_->counted_from(sequence, received) <= now + Epochs::slack) return;
    if (future_runs_.empty() || future_runs_.back().last + 1 != sequence) {
        future_runs_.push_back({sequence, sequence, received, received});
    }
    future_runs_.back().last = sequence;
    future_runs_.back().last_received = received;
}

}  // namespace chathook::store
