// Journals as release 0.1 left them, made by hand from its description of format 3.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "disk/crc32c.hpp"
#include "format/group_tables.hpp"
#include "format/groups.hpp"
#include "format/record.hpp"
#include "format/sink_sets.hpp"
#include "store/words.hpp"

namespace chathook::store::test {

inline std::string in_eight_bytes(std::uint64_t value) {
    std::string bytes;
    for (int at = 0; at < 8; ++at) bytes += static_cast<char>((value >> (8 * at)) & 0xff);
    return bytes;
}

// A line of format 3 has a bit for each of its sinks.
inline std::uint64_t mask_of(const SinkSets& sets, Routes routes) {
    std::uint64_t mask = 0;
    sets.each(routes, [&](SinkNumber sink) { mask |= std::uint64_t{1} << sink; });
    return mask;
}

inline Event event_in(const StoredRecord& record, Instant received) {
    Event event;
    event.received = received;
    event.source = record.source;
    event.vendor = record.vendor;
    event.type = record.type;
    event.vendor_type = record.vendor_type;
    event.id = record.id;
    event.text = record.json;
    event.raw = record.raw;
    event.original_at = record.original_at;
    event.original_size = record.original_size;
    return event;
}

// One group of lines, and its records, whose checksums cover where they are routed to.
struct FormerGroup {
    FormerGroup(const SinkSets& sets, std::uint64_t first, std::string_view lines_now,
                std::string_view records_now) {
        const LineGroup group(first, lines_now);
        const RecordGroup kept(first, group.size(), records_now);
        RecordGroupWriter writer;
        for (std::size_t at = 0; at < group.size(); ++at) {
            Line line = group.line(at).line;
            line.routes = {mask_of(sets, line.routes), true};
            lines += in_eight_bytes(static_cast<std::uint64_t>(line.received.time_since_epoch().count()));
            lines += in_eight_bytes(line.routes.word);
            lines += line.key;
            lines += in_eight_bytes(line_checksum(line)).substr(0, 4);
            const std::size_t place = kept.place_of(line.sequence);
            auto record = kept.has(line.sequence) ? kept.record(place) : std::nullopt;
            if (!record) continue;
            const Event event = event_in(*record, line.received);
            record->checksum = record_checksum(line.sequence, line.routes.word, event);
            writer.add(line.sequence, *record);
        }
        if (!writer.empty()) records = writer.finish(first);
    }

    std::string lines, records;
};

inline void mask_groups(Database& database) {
    SinkSets sets;
    sets.load(database.handle());
    std::vector<std::uint64_t> groups;
    Statement all(database, "SELECT first FROM lines ORDER BY first");
    for (Rows rows = all.run(); rows.next();) groups.push_back(rows.number(0));
    Statement now(
        database,
        "SELECT l.data, r.data FROM lines l LEFT JOIN records r ON r.first = l.first WHERE l.first = ?1");
    Statement write_lines(database, "UPDATE lines SET data = ?2 WHERE first = ?1");
    Statement write_records(database, "UPDATE records SET data = ?2 WHERE first = ?1");
    for (const std::uint64_t first : groups) {
        std::optional<FormerGroup> former;
        if (Rows rows = now.run(first); rows.next())
            former.emplace(sets, first, rows.bytes(0), rows.bytes(1));
        write_lines.execute(first, Blob{former->lines});
        if (!former->records.empty()) write_records.execute(first, Blob{former->records});
    }
}

// Makes of a stopped journal's database what release 0.1 would have left: format 3, without a clock.
inline void downgrade_to_format_3(const std::filesystem::path& file) {
    Database database(file, SQLITE_OPEN_READWRITE, {});
    format::know_group_tables(database);
    database.execute("BEGIN");
    mask_groups(database);
    database.execute(
        "DROP TABLE clock; DROP TABLE epochs; DROP TABLE needs; DROP TABLE sets;"
        "DROP TABLE requests; DROP TABLE repeats;"
        "ALTER TABLE rejections DROP COLUMN counted_from;"
        "CREATE TABLE dead(seq INTEGER NOT NULL, sink INTEGER NOT NULL, attempts INTEGER NOT NULL, "
        "reason TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(seq, sink)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE again(sink INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, "
        "PRIMARY KEY(sink, seq)) STRICT, WITHOUT ROWID;"
        "CREATE INDEX again_by_sequence ON again(seq);"
        "CREATE TABLE outcomes(seq INTEGER NOT NULL, sink INTEGER NOT NULL, outcome INTEGER NOT NULL, "
        "PRIMARY KEY(seq, sink)) STRICT, WITHOUT ROWID;"
        "INSERT INTO dead SELECT seq, sink, attempts, reason, at FROM owed WHERE state = 2;"
        "INSERT INTO again SELECT sink, seq, at FROM owed WHERE state = 3;"
        "INSERT INTO outcomes SELECT seq, sink, CASE WHEN state = 4 AND NOT flags & 1 THEN 2 ELSE 1 END "
        "FROM owed WHERE state IN (4, 5) OR flags & 1;"
        "DROP TABLE owed");
    database.execute(
        "ALTER TABLE sinks ADD COLUMN cursor INTEGER NOT NULL DEFAULT 0;"
        "UPDATE sinks SET cursor = (SELECT last FROM passed WHERE sink = number AND first = 0);"
        "CREATE TABLE settled(sink INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(sink, seq)) STRICT, "
        "WITHOUT ROWID;"
        "INSERT INTO settled SELECT p.sink, l.seq FROM passed p CROSS JOIN ledger l ON l.seq >= p.first AND "
        "l.seq <= p.last WHERE p.first > 0 AND (l.routed >> p.sink) & 1;"
        "CREATE TABLE progress(sink INTEGER PRIMARY KEY, checksum INTEGER NOT NULL) STRICT;"
        "DROP TABLE passed");
    Statement sinks(database, "SELECT number, name, cursor FROM sinks");
    Statement settled(database, "SELECT seq FROM settled WHERE sink = ?1 ORDER BY seq");
    Statement insert(database, "INSERT INTO progress(sink, checksum) VALUES(?1, ?2)");
    for (Rows rows = sinks.run(); rows.next();) {
        std::string bytes = in_eight_bytes(rows.number(0)) + in_eight_bytes(rows.bytes(1).size());
        bytes += std::string(rows.bytes(1)) + in_eight_bytes(rows.number(2));
        for (Rows each = settled.run(rows.number(0)); each.next();) bytes += in_eight_bytes(each.number(0));
        insert.execute(rows.number(0), disk::crc32c(0, bytes));
    }
    database.execute("PRAGMA user_version=3; COMMIT");
}

}  // namespace chathook::store::test
