// How a store reads the tables at the start.
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

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

void Store::check_line(const StoredLine& stored, OnDamage on_damage) {
    const Line& line = stored.line;
    if (stored.whole && sets_.knows(line.routes)) return;
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

// Groups are read as they are stored: a row of `ledger` for each line would take three times as long.
template <class Visit>
void Store::visit_lines(std::uint64_t from, std::uint64_t to, const Visit& visit) {
    std::optional<std::uint64_t> before;
    groups_.visit_lines(from, to, [&](const LineGroup& group) {
        if (before && group.first() <= *before) throw_contradiction("its groups of lines are out of order");
        before = group.first();
        for (std::size_t place = 0; place < group.size(); ++place) {
            const std::uint64_t sequence = group.sequence(place);
            if (sequence >= from && sequence <= to) visit(group.line(place));
        }
    });
}

void Store::load_ledger(OnDamage on_damage) {
    const Epochs epochs(ages_->epochs());
    const Instant future = ages_->now() + Epochs::slack;
    KeyBatches batches;
    const auto add = [this](KeyIndex::Prefix prefix, std::uint64_t sequence) { load_key(prefix, sequence); };
    visit_lines(0, past_the_newest, [&](const StoredLine& stored) {
        const Line& line = stored.line;
        check_line(stored, on_damage);
        if (epochs.counted_from(line.sequence, line.received) > future)
            add_future_run(line.sequence, line.received);
        counts_.newest = line.sequence;
        batches.add(KeyIndex::prefix_of(line.key), line.sequence, add);
        count_waiting(line);
    });
    batches.add_rest(add);
}

// A bit that flips in a line may hide its event from a sink, so the lines of all events that wait are
// checked. What the others are needed for is checked when it is: see newest_with_key().
void Store::load_waiting(OnDamage on_damage) {
    counts_.newest = newest_line(database_);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;
    for (const Runs& runs : passed_) {
        runs.each_gap(counts_.newest,
                      [&](std::uint64_t first, std::uint64_t last) { gaps.emplace_back(first, last); });
    }
    std::sort(gaps.begin(), gaps.end());
    std::uint64_t from = 0;
    for (const auto& [first, last] : gaps) {
        if (last < from) continue;
        visit_lines(std::max(first, from), last, [&](const StoredLine& stored) {
            check_line(stored, on_damage);
            count_waiting(stored.line);
        });
        from = last + 1;
    }
}

void Store::load_key(KeyIndex::Prefix prefix, std::uint64_t sequence) {
    if (keys_.add_first(prefix, sequence)) return;
    // An event that came again after the dedupe window, or another key that begins with the same bits.
    std::string key;
    if (Rows rows = line_.run(sequence); rows.next()) key = rows.bytes(2).substr(0, line_key_bytes);
    if (const auto before = newest_with_key(key)) keys_.remove(prefix, before->sequence);
    keys_.add(prefix, sequence);
}

void Store::count_waiting(const Line& line) {
    sets_.each(line.routes, [&](SinkNumber sink) {
        if (!knows(sink) || line.sequence <= counts_.sinks[sink].cursor) return;
        if (waits(line.sequence, sink)) ++counts_.sinks[sink].waiting;
    });
}

void Store::check_newest() {
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

void Store::add_future_run(std::uint64_t sequence, Instant received) {
    if (future_runs_.empty() || future_runs_.back().last + 1 != sequence) {
        future_runs_.push_back({sequence, sequence, received, received});
    }
    future_runs_.back().last = sequence;
    future_runs_.back().last_received = received;
}

}  // namespace chathook::store
