// Changes of events that were settled: redelivering, discarding, erasing and forgetting them.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "store/store.hpp"

namespace chathook::store {

Step Store::change(SinkNumber sink, std::uint64_t sequence, const Standing& from, Change change, Instant at,
                   const Settlement* settlement) {
    const Step step = store::step(from, change);
    owed_.write(sink, sequence, from.state, step, settlement, at);
    counts_.sinks[sink].again = owed_.count(sink, OwedState::again);
    counts_.sinks[sink].dead = owed_.count(sink, OwedState::dead);
    return step;
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
        if (has_record(sequence))
            due += change(sink, sequence, standing(sink, sequence), Change::redeliver, at).counts;
    }
    return due;
}

std::size_t Store::discard(SinkNumber sink, std::span<const std::uint64_t> sequences) {
    flush();
    if (!knows(sink)) return 0;
    std::size_t discarded = 0;
    for (const std::uint64_t sequence : sequences) {
        if (!change(sink, sequence, standing(sink, sequence), Change::discard, {}).counts) continue;
        ++discarded;
        // What an event was is told as long as its record is there.
        if (!has_record(sequence)) owed_.forget(sequence);
    }
    return discarded;
}

std::vector<std::pair<SinkNumber, Standing>> Store::standings(std::uint64_t sequence, Routes routes) {
    std::vector<std::pair<SinkNumber, Standing>> found;
    const auto rows = owed_.all_of(sequence);
    auto row = rows.begin();
    for (SinkNumber sink = 0; sink < sinks(); ++sink) {
        Standing at{routed(routes, sink), passed_[sink].contains(sequence), OwedState::none, 0};
        if (row != rows.end() && row->first == sink) std::tie(at.state, at.flags) = (row++)->second;
        if (at.routed || at.state != OwedState::none) found.emplace_back(sink, at);
    }
    return found;
}

// Adds one event to what the receipt says about a sink.
void Store::erase_at_sink(Erased::AtSink& receipt, std::uint64_t sequence, const Standing& at,
                          const Holding::Remainder& remainder) {
    receipt.delivered += has_got(at);
    const bool ended = at.state == OwedState::dead || at.state == OwedState::discarded;
    receipt.given_up += ended && !has_got(at);
    if (!at.waits() && at.state != OwedState::again) return;
    if (journal::contains(remainder.under_way, sequence)) {
        ++receipt.under_way;
        return;
    }
    ++receipt.skipped;
    receipt.tried += (at.given_up() && !at.had()) || at.state == OwedState::tried ||
                     journal::contains(remainder.tried, sequence);
}

Erased Store::erase(std::span<const std::uint64_t> asked, const SinkRemainders& remainders, Instant at) {
    flush();
    const std::set<std::uint64_t> sequences(asked.begin(), asked.end());
    Erased erased;
    std::map<SinkNumber, Erased::AtSink> by_sink;
    std::map<SinkNumber, std::vector<Settlement>> skipped;
    const Holding::Remainder nothing;
    std::vector<std::uint64_t> forgotten;
    for (const std::uint64_t sequence : sequences) {
        if (!has_record(sequence)) continue;
        Routes routes;
        {
            Rows line = line_.run(sequence);
            if (!line.next()) continue;
            routes = {line.number(1), line.integer(3) != 0};
        }
        forgotten.push_back(sequence);
        ++erased.events;
        for (const auto& [sink, from] : standings(sequence, routes)) {
            erased.dead_letters += from.state == OwedState::dead;
            const auto remainder = remainders.find(sink);
            Erased::AtSink& receipt =
                by_sink.try_emplace(sink, Erased::AtSink{names_[sink], sink}).first->second;
            erase_at_sink(receipt, sequence, from,
                          remainder == remainders.end() ? nothing : remainder->second);
            if (change(sink, sequence, from, Change::erase, at).settles)
                skipped[sink].push_back({.sequence = sequence, .attempts = 0});
        }
        owed_.erase(sequence);
    }
    for (auto& [sink, sequences_skipped] : skipped) settle(sink, std::move(sequences_skipped), at);
    for (auto& [sink, receipt] : by_sink) erased.sinks.push_back(std::move(receipt));
    forget(forgotten, at);
    requests_.erase(forgotten);
    return erased;
}

void Store::forget(std::span<const std::uint64_t> sequences, Instant at) {
    flush();
    for (auto rest = sequences; !rest.empty();) rest = rest.subspan(forget_in_group(rest, at));
    requests_.forget(sequences);
}

// Deletes those of `sequences` that are in the same group as the first one, and returns how many these are.
// The group's other records are written again, so that no byte of the deleted ones is left.
std::size_t Store::forget_in_group(std::span<const std::uint64_t> sequences, Instant at) {
    RecordGroupWriter remaining;
    bool unreadable = false;
    std::uint64_t first = 0;
    const bool found = groups_.visit_records_of(sequences.front(), [&](const RecordGroup& group) {
        first = group.first();
        const auto end = std::upper_bound(sequences.begin() + 1, sequences.end(), group.last());
        sequences = sequences.first(static_cast<std::size_t>(end - sequences.begin()));
        for (std::size_t place = 0; place < group.size(); ++place) {
            const std::uint64_t sequence = group.sequence(place);
            if (std::binary_search(sequences.begin(), sequences.end(), sequence)) continue;
            unreadable = !group.whole();
            remaining.take(sequence, group.bytes(place));
        }
    });
    if (!found) return sequences.size();
    if (remaining.empty()) {
        groups_.forget_records(first);
        forget_lines(first, at);
    } else if (unreadable) {
        // It is unknown to which record a byte belongs, so none is kept; the other records remain unreadable.
        groups_.rewrite(first, std::string_view("\0", 1));
    } else {
        groups_.rewrite(first, remaining.finish(first));
    }
    for (const std::uint64_t sequence : sequences) owed_.forget(sequence);
    return sequences.size();
}

void Store::forget_lines(std::uint64_t first, Instant at) {
    if (groups_.has_records(first)) return;
    std::vector<std::pair<KeyIndex::Prefix, std::uint64_t>> keys;
    bool needed = false;
    const bool found = groups_.visit_lines_of(first, [&](const LineGroup& group) {
        for (std::size_t place = 0; place < group.size(); ++place) {
            const Line line = group.line(place).line;
            needed = needed || line.sequence == counts_.newest ||
                     at - ages_->counted_from(line.sequence, line.received) <= dedupe_window_;
            keys.emplace_back(KeyIndex::prefix_of(line.key), line.sequence);
        }
    });
    if (!found || needed) return;
    groups_.forget_lines(first);
    for (const auto& [prefix, sequence] : keys) unindex(prefix, sequence);
}

}  // namespace chathook::store
