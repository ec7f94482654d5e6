#include "store/source_table.hpp"

#include <algorithm>

namespace chathook::store {
namespace {

constexpr std::uint64_t read_back_max = 200'000;

void take(LastEvents& all, std::string_view source, std::uint64_t sequence, Instant received) {
    auto found = all.find(source);
    if (found == all.end()) found = all.emplace(source, LastEvent{std::string(source), 0, received}).first;
    found->second.sequence = std::max(found->second.sequence, sequence);
    found->second.received = std::max(found->second.received, received);
}

// Adds the events behind the rows of the table.
void read_behind(Database& database, LastEvents& all) {
    Statement newest(database,
                     "SELECT max((SELECT ifnull(max(sequence), 0) FROM sources), "
                     "ifnull((SELECT seq FROM ledger ORDER BY seq DESC LIMIT 1), 0) - ?1)");
    Rows row = newest.run(read_back_max);
    row.next();
    Statement events(database,
                     "SELECT e.seq, e.source, l.received FROM events e CROSS JOIN ledger l ON l.seq = e.seq "
                     "WHERE e.seq > ?1 ORDER BY e.seq");
    for (Rows rows = events.run(row.integer(0)); rows.next();) {
        // A damaged record may have none.
        if (!rows.bytes(1).empty()) take(all, rows.bytes(1), rows.number(0), rows.instant(2));
    }
}

}  // namespace

LastEvents read_last_events(Database& database) {
    LastEvents all;
    Statement table(database, "SELECT sequence, name, received FROM sources");
    for (Rows rows = table.run(); rows.next();) take(all, rows.bytes(1), rows.number(0), rows.instant(2));
    read_behind(database, all);
    return all;
}

SourceTable::SourceTable(Database& database, Time now)
    : write_row_(
          database,
          "INSERT INTO sources(name, sequence, received) VALUES(?1, ?2, ?3) ON CONFLICT(name) DO UPDATE "
          "SET sequence = max(sequence, excluded.sequence), received = max(received, excluded.received)"),
      write_due_(now + write_after) {
    try {
        read_behind(database, unwritten_);
    } catch (const SqliteError&) {
        // A damaged record must not keep a journal from opening; whoever reads it reports it.
    }
}

void SourceTable::begin(Time now) {
    if (unwritten_.empty() || (now < write_due_ && events_ < write_after_events)) return;
    write();
    write_due_ = now + write_after;
}

void SourceTable::write() {
    for (const auto& [name, last] : unwritten_) {
        write_row_.execute(std::string_view(name), last.sequence, last.received.time_since_epoch().count());
    }
    wrote_ = true;
}

void SourceTable::note(std::string_view source, std::uint64_t sequence, Instant received) {
    take(noted_, source, sequence, received);
    ++events_;
}

void SourceTable::committed() {
    if (wrote_) {
        unwritten_.clear();
        events_ = 0;
    }
    for (const auto& [name, last] : noted_) take(unwritten_, name, last.sequence, last.received);
    undo();
}

void SourceTable::undo() noexcept {
    noted_.clear();
    wrote_ = false;
}

}  // namespace chathook::store
