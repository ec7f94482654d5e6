#include "store/upgrade.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "disk/checksum.hpp"
#include "format/runs.hpp"
#include "store/schema.hpp"

namespace chathook::store {
namespace {

struct FormerSink {
    SinkNumber number = 0;
    std::string name;
    std::uint64_t cursor = 0;
    std::set<std::uint64_t> settled;  // above the cursor
    std::optional<std::uint64_t> checksum;
    Runs runs;
    std::uint64_t passed_from = 0;  // while runs are made: nothing from here on waits

    // Over how far the sink is, as format 3 has it.
    bool is_whole() const {
        if (!checksum) return true;
        disk::Checksum sum;
        sum.add(std::uint64_t{number});
        sum.add(name);
        sum.add(cursor);
        for (const std::uint64_t sequence : settled) sum.add(sequence);
        return sum.value() == *checksum;
    }
};

std::vector<FormerSink> read_sinks(Database& database) {
    std::vector<FormerSink> sinks;
    Statement all(database,
                  "SELECT s.number, s.name, s.cursor, p.checksum IS NOT NULL, p.checksum "
                  "FROM sinks s LEFT JOIN progress p ON p.sink = s.number ORDER BY s.number");
    for (Rows rows = all.run(); rows.next();) {
        FormerSink& sink = sinks.emplace_back();
        sink.number = static_cast<SinkNumber>(rows.number(0));
        sink.name = rows.bytes(1);
        sink.cursor = rows.number(2);
        if (rows.integer(3) != 0) sink.checksum = rows.number(4);
        sink.runs = Runs(sink.cursor);
        sink.passed_from = sink.cursor + 1;
    }
    Statement settled(database, "SELECT seq FROM settled WHERE sink = ?1 AND seq > ?2 ORDER BY seq");
    for (FormerSink& sink : sinks) {
        for (Rows rows = settled.run(sink.number, sink.cursor); rows.next();) {
            sink.settled.insert(sink.settled.end(), rows.number(0));
        }
    }
    return sinks;
}

// A run begins with the lines before it that are not routed to the sink or are there no more.
void make_runs(Database& database, std::vector<FormerSink>& sinks) {
    std::vector<FormerSink*> scattered;
    std::uint64_t from = past_the_newest, last = 0;
    for (FormerSink& sink : sinks) {
        if (sink.settled.empty()) continue;
        scattered.push_back(&sink);
        from = std::min(from, sink.cursor);
        last = std::max(last, *sink.settled.rbegin());
    }
    if (scattered.empty()) return;
    Statement lines(database, "SELECT seq, routed FROM ledger WHERE seq > ?1 AND seq <= ?2 ORDER BY seq");
    for (Rows rows = lines.run(from, last); rows.next();) {
        const std::uint64_t sequence = rows.number(0);
        for (FormerSink* sink : scattered) {
            if (sequence <= sink->cursor) continue;
            if (sink->settled.contains(sequence)) {
                sink->runs.add(sink->passed_from, sequence);
            } else if (SinkSets().contains({rows.number(1), true}, sink->number)) {
                sink->passed_from = sequence + 1;
            }
        }
    }
}

void write_runs(Database& database, std::vector<FormerSink>& sinks) {
    Statement insert(database, "INSERT INTO passed(sink, first, last, checksum) VALUES(?1, ?2, ?3, ?4)");
    for (FormerSink& sink : sinks) {
        const bool whole = sink.is_whole();
        sink.runs.change_all();
        sink.runs.take_changes(
            [&](std::uint64_t first, std::uint64_t last) {
                const std::uint32_t right = run_checksum(sink.number, sink.name, first, last);
                insert.execute(sink.number, first, last, whole ? right : ~right);
            },
            [](std::uint64_t) {});
    }
}

// The clock's tables and columns may be there: what a late program of format 3 added.
void add_clock(Database& database) {
    database.execute(clock_tables);
    for (const std::string table : {"dead", "again", "rejections"}) {
        const std::string there = database.value_of("SELECT count(*) FROM pragma_table_info('" + table +
                                                    "') WHERE name = 'counted_from'");
        if (there == "0") database.execute("ALTER TABLE " + table + " ADD COLUMN counted_from INTEGER");
    }
}

// `outcomes` said 1 where the sink had got an event, and 2 where a dead letter had been discarded.
void fill_owed(Database& database) {
    constexpr const char* statements = R"sql(
INSERT INTO owed(seq, sink, state, flags, attempts, reason, at, counted_from)
    SELECT d.seq, d.sink, 2, coalesce(o.outcome = 1, 0), d.attempts, d.reason, d.at, d.counted_from
    FROM dead d LEFT JOIN outcomes o ON o.seq = d.seq AND o.sink = d.sink;
INSERT OR IGNORE INTO owed(seq, sink, state, flags, attempts, reason, at, counted_from)
    SELECT a.seq, a.sink, 3, CASE WHEN o.outcome = 1 THEN 1 WHEN (l.routed >> a.sink) & 1 THEN 2 ELSE 0 END,
        0, '', a.at, a.counted_from
    FROM again a LEFT JOIN ledger l ON l.seq = a.seq
        LEFT JOIN outcomes o ON o.seq = a.seq AND o.sink = a.sink;
INSERT OR IGNORE INTO owed(seq, sink, state, flags, attempts, reason, at, counted_from)
    SELECT o.seq, o.sink, CASE o.outcome WHEN 2 THEN 4 ELSE 5 END, 0, 0, '', 0, 0
    FROM outcomes o CROSS JOIN ledger l ON l.seq = o.seq WHERE o.outcome = 2 OR NOT (l.routed >> o.sink) & 1;
DROP TABLE dead;
DROP TABLE again;
DROP TABLE outcomes;
)sql";
    database.execute(statements);
}

}  // namespace

bool upgrade(Database& database) {
    if (database.value_of("PRAGMA user_version") != std::to_string(former_schema_version)) return false;
    database.execute("BEGIN IMMEDIATE");
    add_clock(database);
    database.execute(tables_since_4);
    std::vector<FormerSink> sinks = read_sinks(database);
    make_runs(database, sinks);
    write_runs(database, sinks);
    fill_owed(database);
    database.execute("DROP TABLE settled");
    database.execute("DROP TABLE progress");
    database.execute("ALTER TABLE sinks DROP COLUMN cursor");
    database.execute("PRAGMA user_version=" + std::to_string(schema_version));
    database.execute("COMMIT");
    return true;
}

}  // namespace chathook::store
