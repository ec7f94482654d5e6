// Journals as release 0.1 left them, made by hand from its description of format 3.
#pragma once

#include <filesystem>
#include <string>

#include "disk/crc32c.hpp"
#include "store/group_tables.hpp"
#include "store/words.hpp"

namespace chathook::store::test {

inline std::string in_eight_bytes(std::uint64_t value) {
    std::string bytes;
    for (int at = 0; at < 8; ++at) bytes += static_cast<char>((value >> (8 * at)) & 0xff);
    return bytes;
}

// Makes of a stopped journal's database what release 0.1 would have left: format 3, without a clock.
inline void downgrade_to_format_3(const std::filesystem::path& file) {
    Database database(file, SQLITE_OPEN_READWRITE, {});
    know_group_tables(database);
    database.execute(
        "BEGIN; DROP TABLE clock; DROP TABLE epochs; DROP TABLE needs;"
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
