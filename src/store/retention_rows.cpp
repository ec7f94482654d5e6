#include "store/retention_rows.hpp"

#include <chrono>
#include <string>

namespace chathook::store {

RetentionRows::RetentionRows(Database& database, Store& store)
    : store_(store),
      again_(database,
             "SELECT seq FROM owed WHERE state = 3 AND sink = ?1 AND coalesce(counted_from, at) < ?2 ORDER "
             "BY seq LIMIT ?3"),
      dead_(
          database,
          "SELECT seq, sink, coalesce(counted_from, at) FROM owed WHERE state = 2 AND (seq, sink) > (?1, ?2) "
          "ORDER BY seq, sink LIMIT ?3"),
      ledger_(database,
              "SELECT seq, received, routed, masked FROM ledger WHERE seq > ?1 ORDER BY seq LIMIT ?2"),
      events_(
          database,
          "SELECT e.seq, l.received, l.routed, EXISTS(SELECT 1 FROM owed o WHERE o.seq = e.seq AND NOT " +
              std::string(format::has_ended) +
              "), max(e.original_size, coalesce(length(e.raw), 0)) + coalesce((SELECT length(r.data) FROM "
              "requests r WHERE r.first = e.seq), 0), l.masked "
              "FROM events e CROSS JOIN ledger l ON l.seq = e.seq WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2") {
}

std::vector<std::uint64_t> RetentionRows::due_again_before(SinkNumber sink, Instant limit,
                                                           std::size_t rows_max) {
    std::vector<std::uint64_t> sequences;
    for (Rows rows = again_.run(sink, limit.time_since_epoch().count(), rows_max); rows.next();)
        sequences.push_back(rows.number(0));
    return sequences;
}

std::vector<RetainedDeadLetter> RetentionRows::dead_letters(std::uint64_t after, SinkNumber after_sink,
                                                            std::size_t rows_max) {
    std::vector<RetainedDeadLetter> letters;
    for (Rows rows = dead_.run(after, after_sink, rows_max); rows.next();)
        letters.push_back({rows.number(0), static_cast<SinkNumber>(rows.number(1)), rows.instant(2)});
    return letters;
}

void RetentionRows::visit_ledger(SinkNumber sink, std::uint64_t after, std::size_t rows_max,
                                 const VisitRow<RetainedLine>& visit) {
    for (Rows rows = ledger_.run(after, rows_max); rows.next();) {
        const std::uint64_t sequence = rows.number(0);
        const Routes routes{rows.number(2), rows.integer(3) != 0};
        const bool waits = store_.routed(routes, sink) && store_.waits(sequence, sink);
        if (!visit({sequence, rows.instant(1), waits})) return;
    }
}

void RetentionRows::visit_events(std::uint64_t after, std::size_t rows_max,
                                 const VisitRow<RetainedEvent>& visit) {
    for (Rows rows = events_.run(after, rows_max); rows.next();) {
        const std::uint64_t sequence = rows.number(0);
        const bool waits = !store_.settled_everywhere(sequence, {rows.number(2), rows.integer(5) != 0});
        if (!visit({sequence, rows.instant(1), waits, rows.integer(3) != 0, rows.number(4)})) return;
    }
}

void RetentionRows::visit_groups(std::uint64_t after, std::size_t rows_max,
                                 const VisitRow<RetainedGroup>& visit) {
    store_.groups().visit_groups(after, rows_max, [&](const LineGroup& lines, bool has_records) {
        RetainedGroup group{lines.first(), {}, has_records};
        if (lines.size() > 0) {
            const Line oldest = lines.line(0).line;
            group.oldest = {oldest.sequence, oldest.received};
        }
        return visit(group);
    });
}

}  // namespace chathook::store
