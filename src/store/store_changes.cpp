// Changes of events that were settled: redelivering, discarding, erasing and forgetting them.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "store/store.hpp"

namespace chathook::store {
namespace {

// Makes a group from a row of records_of_.
RecordGroup record_group(const Rows& row) {
    return {row.number(0), static_cast<std::size_t>(row.number(2)) / line_bytes, row.bytes(1)};
}

std::int64_t count_of(Instant instant) noexcept { return instant.time_since_epoch().count(); }

}  // namespace

void Store::settle_again(SinkNumber sink, const Settlement& settlement, Instant at) {
    if (counts_.again[sink] == 0) return;
    delete_again_.execute(sink, settlement.sequence);
    if (database_.changes() == 0) return;
    --counts_.again[sink];
    if (settlement.kind == Settlement::Kind::dead) {
        insert_dead(sink, settlement, at);
    } else if (!routed_to(settlement.sequence, sink)) {
        record_outcome(sink, settlement.sequence, Outcome::delivered);
    }
}

void Store::insert_dead(SinkNumber sink, const Settlement& settlement, Instant at) {
    insert_dead_.execute(settlement.sequence, sink, settlement.attempts, settlement.reason,
                         count_of(ages_->wall_at(at)), count_of(at));
    ++counts_.dead[sink];
}

bool Store::remove_dead(SinkNumber sink, std::uint64_t sequence) {
    if (counts_.dead[sink] == 0) return false;
    delete_dead_.execute(sequence, sink);
    if (database_.changes() == 0) return false;
    --counts_.dead[sink];
    return true;
}

void Store::record_outcome(SinkNumber sink, std::uint64_t sequence, Outcome outcome) {
    insert_outcome_.execute(sequence, sink, static_cast<int>(outcome));
    counts_.outcomes += static_cast<std::uint64_t>(database_.changes());
}

bool Store::remove_discarded(SinkNumber sink, std::uint64_t sequence) {
    if (counts_.outcomes == 0) return false;
    delete_discarded_.execute(sequence, sink);
    if (database_.changes() == 0) return false;
    --counts_.outcomes;
    return true;
}

bool Store::has_record(std::uint64_t sequence) {
    Rows rows = has_record_.run(sequence);
    return rows.next();
}

std::size_t Store::redeliver(SinkNumber sink, std::span<const std::uint64_t> sequences, Instant at) {
    flush();
    if (!knows(sink)) return 0;
    std::size_t due = 0;
    for (const std::uint64_t sequence : sequences) {
        if (!has_record(sequence)) continue;
        const bool routed = routed_to(sequence, sink);
        if (routed && waits(sequence, sink)) continue;
        insert_again_.execute(sink, sequence, count_of(ages_->wall_at(at)), count_of(at));
        if (database_.changes() == 0) continue;
        ++counts_.again[sink];
        ++due;
        if (remove_dead(sink, sequence) || remove_discarded(sink, sequence)) continue;
        // The redelivery may end as a dead letter, so it is recorded that the sink has received the event.
        if (routed) record_outcome(sink, sequence, Outcome::delivered);
    }
    return due;
}

std::size_t Store::discard(SinkNumber sink, std::span<const std::uint64_t> sequences) {
    flush();
    if (!knows(sink)) return 0;
    std::size_t discarded = 0;
    for (const std::uint64_t sequence : sequences) {
        if (!remove_dead(sink, sequence)) continue;
        record_outcome(sink, sequence, Outcome::discarded);
        ++discarded;
    }
    return discarded;
}

SinkSet Store::sinks_of(Statement& statement, std::uint64_t sequence) {
    SinkSet sinks = 0;
    for (Rows rows = statement.run(sequence); rows.next();) {
        if (rows.number(0) < sinks_max) sinks |= SinkSet{1} << rows.number(0);
    }
    return sinks;
}

Store::State Store::state_of(std::uint64_t sequence, SinkSet routed) {
    State state;
    for (SinkNumber sink = 0; sink < sinks(); ++sink) {
        if (contains(routed, sink) && waits(sequence, sink)) state.waiting |= SinkSet{1} << sink;
    }
    state.dead = sinks_of(dead_of_, sequence);
    state.again = sinks_of(again_of_, sequence);
    for (Rows rows = outcomes_of_.run(sequence); rows.next();) {
        const SinkSet sink = SinkSet{1} << (rows.number(0) % sinks_max);
        const bool delivered = rows.integer(1) == static_cast<int>(Outcome::delivered);
        (delivered ? state.delivered : state.discarded) |= sink;
    }
    state.delivered |= routed & ~(state.waiting | state.dead | state.again | state.discarded);
    state.given_up_before = state.again & routed & ~state.delivered;
    return state;
}

void Store::remove_deliveries(std::uint64_t sequence, const State& state) {
    for (SinkNumber sink = 0; sink < sinks(); ++sink) {
        if (contains(state.dead, sink)) remove_dead(sink, sequence);
        if (!contains(state.again, sink)) continue;
        delete_again_.execute(sink, sequence);
        --counts_.again[sink];
    }
}

// Adds one event to what the receipt says about a sink.
void Store::count_at_sink(Erased::AtSink& at, std::uint64_t sequence, const State& state,
                          const Holding::Remainder& remainder) {
    at.sink = names_[at.number];
    at.delivered += contains(state.delivered, at.number);
    at.given_up += contains((state.dead | state.discarded) & ~state.delivered, at.number);
    if (!contains(state.waiting | state.again, at.number)) return;
    if (contains(remainder.under_way, sequence)) {
        ++at.under_way;
        return;
    }
    ++at.skipped;
    at.tried += contains(state.given_up_before, at.number) || contains(remainder.tried, sequence);
}

Erased Store::erase(std::span<const std::uint64_t> asked, const SinkRemainders& remainders, Instant at) {
    flush();
    const std::set<std::uint64_t> sequences(asked.begin(), asked.end());
    Erased erased;
    std::array<Erased::AtSink, sinks_max> by_sink;
    for (SinkNumber sink = 0; sink < sinks(); ++sink) by_sink[sink].number = sink;
    std::array<std::vector<Settlement>, sinks_max> skipped;
    std::vector<std::uint64_t> forgotten;
    for (const std::uint64_t sequence : sequences) {
        if (!has_record(sequence)) continue;
        SinkSet routed = 0;
        {
            Rows line = line_.run(sequence);
            if (!line.next()) continue;
            routed = line.number(1);
        }
        const State state = state_of(sequence, routed);
        remove_deliveries(sequence, state);
        forgotten.push_back(sequence);
        ++erased.events;
        for (SinkNumber sink = 0; sink < sinks(); ++sink) {
            erased.dead_letters += contains(state.dead, sink);
            if (contains(state.any(), sink)) count_at_sink(by_sink[sink], sequence, state, remainders[sink]);
            if (contains(state.waiting, sink)) skipped[sink].push_back({sequence, {}, 0, {}});
        }
    }
    for (SinkNumber sink = 0; sink < sinks(); ++sink) {
        if (!skipped[sink].empty()) settle(sink, std::move(skipped[sink]), at);
        if (!by_sink[sink].sink.empty()) erased.sinks.push_back(std::move(by_sink[sink]));
    }
    forget(forgotten, at);
    return erased;
}

void Store::forget(std::span<const std::uint64_t> sequences, Instant at) {
    flush();
    while (!sequences.empty()) sequences = sequences.subspan(forget_in_group(sequences, at));
}

// Deletes those of `sequences` that are in the same group as the first one, and returns how many these are.
// The group's other records are written again, so that no byte of the deleted ones is left.
std::size_t Store::forget_in_group(std::span<const std::uint64_t> sequences, Instant at) {
    RecordGroupWriter remaining;
    bool unreadable = false;
    std::uint64_t first = 0;
    {
        Rows rows = records_of_.run(sequences.front());
        if (!rows.next()) return sequences.size();
        const RecordGroup group = record_group(rows);
        first = group.first();
        const auto end = std::upper_bound(sequences.begin() + 1, sequences.end(), group.last());
        sequences = sequences.first(static_cast<std::size_t>(end - sequences.begin()));
        for (std::size_t place = 0; place < group.size(); ++place) {
            const std::uint64_t sequence = group.sequence(place);
            if (std::binary_search(sequences.begin(), sequences.end(), sequence)) continue;
            unreadable = !group.whole();
            remaining.take(sequence, group.bytes(place));
        }
    }
    if (remaining.empty()) {
        delete_records_.execute(first);
        forget_lines(first, at);
    } else if (unreadable) {
        // It is unknown to which record a byte belongs, so none is kept; the other records remain unreadable.
        update_records_.execute(first, Blob{std::string_view("\0", 1)});
    } else {
        update_records_.execute(first, Blob{remaining.finish(first)});
    }
    for (const std::uint64_t sequence : sequences) {
        if (counts_.outcomes == 0) break;
        delete_outcomes_.execute(sequence);
        counts_.outcomes -= static_cast<std::uint64_t>(database_.changes());
    }
    return sequences.size();
}

void Store::forget_lines(std::uint64_t first, Instant at) {
    {
        Rows records = records_of_.run(first);
        if (records.next() && records.number(0) == first) return;
    }
    std::vector<std::pair<KeyIndex::Prefix, std::uint64_t>> keys;
    {
        Rows rows = lines_of_.run(first);
        if (!rows.next()) return;
        const LineGroup group(first, rows.bytes(0));
        for (std::size_t place = 0; place < group.size(); ++place) {
            const Line line = group.line(place).line;
            if (at - ages_->counted_from(line.sequence, line.received) <= dedupe_window_ ||
                line.sequence == counts_.newest)
                return;
            keys.emplace_back(KeyIndex::prefix_of(line.key), line.sequence);
        }
    }
    delete_lines_.execute(first);
    for (const auto& [prefix, sequence] : keys) unindex(prefix, sequence);
}

}  // namespace chathook::store
