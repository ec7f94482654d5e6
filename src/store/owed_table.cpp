#include "store/owed_table.hpp"

#include <algorithm>
#include <string>

namespace chathook::store {
namespace {

constexpr std::uint64_t sinks_max = 1 << 20;

OwedState state_in(const Rows& rows, int column) noexcept {
    return static_cast<OwedState>(std::min<std::uint64_t>(rows.number(column), UINT8_MAX));
}

std::int64_t count_of(Instant instant) noexcept { return instant.time_since_epoch().count(); }

}  // namespace

OwedTable::OwedTable(Database& database, std::shared_ptr<const Ages> ages)
    : ages_(std::move(ages)),
      find_(database, "SELECT state, flags FROM owed WHERE seq = ?1 AND sink = ?2"),
      all_of_(database, "SELECT sink, state, flags FROM owed WHERE seq = ?1 ORDER BY sink"),
      insert_(database,
              "INSERT OR REPLACE INTO owed(seq, sink, state, flags, attempts, reason, at, counted_from) "
              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
      discard_(database, "UPDATE owed SET state = ?3, flags = ?4 WHERE seq = ?1 AND sink = ?2"),
      note_(database,
            "UPDATE owed SET attempts = ?3, reason = ?4, next_try = ?5 WHERE seq = ?1 AND sink = ?2"),
      remove_(database, "DELETE FROM owed WHERE seq = ?1 AND sink = ?2"),
      ended_of_(database,
                "SELECT o.sink, o.state FROM owed o WHERE o.seq = ?1 AND " + std::string(format::has_ended)),
      remove_all_(database, "DELETE FROM owed WHERE seq = ?1") {
    Statement counts(database, "SELECT sink, state, count(*) FROM owed GROUP BY sink, state");
    for (Rows rows = counts.run(); rows.next();) {
        // Of a damaged page: no sink has such a number, and it would take memory for all below it.
        if (rows.number(0) >= sinks_max) continue;
        counted(static_cast<SinkNumber>(rows.number(0)), state_in(rows, 1)) += rows.number(2);
    }
}

std::size_t OwedTable::place_of(OwedState state) noexcept {
    return std::min(static_cast<std::size_t>(state), places - 1);
}

std::uint64_t& OwedTable::counted(SinkNumber sink, OwedState state) {
    if (counts_.size() <= sink) counts_.resize(sink + 1);
    return counts_[sink][place_of(state)];
}

std::uint64_t OwedTable::count(SinkNumber sink, OwedState state) const noexcept {
    return sink < counts_.size() ? counts_[sink][place_of(state)] : 0;
}

OwedTable::Row OwedTable::find(SinkNumber sink, std::uint64_t sequence, bool waits) {
    if (sink >= counts_.size()) return {OwedState::none, 0};
    const ByState& counts = counts_[sink];
    const auto of_waiting = counts[place_of(OwedState::tried)] + counts.back();
    const auto rows_of_sink = [&] {
        std::uint64_t sum = 0;
        for (const std::uint64_t count : counts) sum += count;
        return sum;
    };
    if ((waits ? of_waiting : rows_of_sink()) == 0) return {OwedState::none, 0};
    Rows rows = find_.run(sequence, sink);
    if (!rows.next()) return {OwedState::none, 0};
    return {state_in(rows, 0), static_cast<unsigned>(rows.number(1))};
}

std::vector<std::pair<SinkNumber, OwedTable::Row>> OwedTable::all_of(std::uint64_t sequence) {
    std::vector<std::pair<SinkNumber, Row>> found;
    for (Rows rows = all_of_.run(sequence); rows.next();) {
        found.emplace_back(static_cast<SinkNumber>(rows.number(0)),
                           Row{state_in(rows, 1), static_cast<unsigned>(rows.number(2))});
    }
    return found;
}

void OwedTable::write(SinkNumber sink, std::uint64_t sequence, OwedState before, const Step& step,
                      const Settlement* settlement, Instant at) {
    const bool fails = step.counts && settlement != nullptr && settlement->kind == Settlement::Kind::tried;
    if (before != step.state) turn(sink, sequence, before, step, settlement, at);
    if (!fails) return;
    note_.execute(sequence, sink, settlement->attempts, std::string_view(settlement->reason),
                  count_of(ages_->wall_at(settlement->next_try)));
}

void OwedTable::turn(SinkNumber sink, std::uint64_t sequence, OwedState before, const Step& step,
                     const Settlement* settlement, Instant at) {
    if (step.state == OwedState::none) {
        remove_.execute(sequence, sink);
    } else if (step.state == OwedState::discarded) {
        // Why it was given up, and when, stays.
        discard_.execute(sequence, sink, static_cast<int>(step.state), step.flags);
    } else {
        const bool is_dead = step.state == OwedState::dead && settlement != nullptr;
        insert_.execute(sequence, sink, static_cast<int>(step.state), step.flags,
                        is_dead ? settlement->attempts : 0U,
                        is_dead ? std::string_view(settlement->reason) : std::string_view(),
                        count_of(ages_->wall_at(at)), count_of(at));
    }
    if (before != OwedState::none) --counted(sink, before);
    if (step.state != OwedState::none) ++counted(sink, step.state);
}

void OwedTable::erase(std::uint64_t sequence) { remove_all_.execute(sequence); }

void OwedTable::forget(std::uint64_t sequence) {
    const bool any = std::any_of(counts_.begin(), counts_.end(), [](const ByState& counts) {
        return counts[place_of(OwedState::discarded)] + counts[place_of(OwedState::delivered)] > 0;
    });
    if (!any) return;
    std::vector<std::pair<SinkNumber, OwedState>> ended;
    for (Rows rows = ended_of_.run(sequence); rows.next();)
        ended.emplace_back(static_cast<SinkNumber>(rows.number(0)), state_in(rows, 1));
    for (const auto& [sink, state] : ended)
        write(sink, sequence, state, {true, false, OwedState::none, 0}, nullptr, {});
}

}  // namespace chathook::store
