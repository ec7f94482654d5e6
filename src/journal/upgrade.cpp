#include "journal/upgrade.hpp"

#include <chrono>
#include <cstdint>
#include <string>

#include "journal/groups.hpp"
#include "journal/schema.hpp"
#include "support/log.hpp"

namespace chathook::journal {
namespace {

constexpr const char* tables_since_format_1 = R"sql(
CREATE TABLE sinks(
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, cursor INTEGER NOT NULL
) STRICT;
CREATE TABLE settled(
    sink INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(sink, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE dead(
    seq INTEGER NOT NULL, sink INTEGER NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL,
    at INTEGER NOT NULL, PRIMARY KEY(seq, sink)
) STRICT, WITHOUT ROWID;
)sql";

// AUTOINCREMENT: a number is never given out again, also when the newest was deleted.
constexpr const char* tables_since_format_2 = R"sql(
CREATE TABLE again(
    sink INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(sink, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX again_by_sequence ON again(seq);
CREATE TABLE outcomes(
    seq INTEGER NOT NULL, sink INTEGER NOT NULL, outcome INTEGER NOT NULL, PRIMARY KEY(seq, sink)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress(sink INTEGER PRIMARY KEY, checksum INTEGER NOT NULL) STRICT;
CREATE TABLE rejections(
    number INTEGER PRIMARY KEY AUTOINCREMENT, received INTEGER NOT NULL, source TEXT NOT NULL,
    reason TEXT NOT NULL, status INTEGER NOT NULL, client TEXT NOT NULL, header_names TEXT NOT NULL,
    body_sha256 BLOB NOT NULL, body_size INTEGER NOT NULL, raw BLOB
) STRICT;
)sql";

constexpr const char* tables_since_format_3 = R"sql(
CREATE TABLE lines(first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE records(first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
)sql";

// Of one transaction of the move.
constexpr std::uint64_t move_events_max = 4096;
constexpr std::size_t move_bytes_max = 4 << 20;

constexpr std::chrono::seconds report_interval{5};

// Moves rows of the former tables into groups.
class Move {
public:
    explicit Move(Database& database)
        : database_(database),
          rows_(
              database,
              "SELECT l.seq, l.received, l.routed, l.key, e.seq, e.checksum, e.original_at, e.original_size, "
              "e.source, e.vendor, e.type, e.vendor_type, e.id, e.json, e.raw FROM former_ledger l "
              "LEFT JOIN former_events e ON e.seq = l.seq ORDER BY l.seq LIMIT ?1"),
          insert_lines_(database, "INSERT INTO lines(first, data) VALUES(?1, ?2)"),
          insert_records_(database, "INSERT INTO records(first, data) VALUES(?1, ?2)"),
          delete_lines_(database, "DELETE FROM former_ledger WHERE seq <= ?1"),
          delete_events_(database, "DELETE FROM former_events WHERE seq <= ?1") {}

    // Whether there was anything left to move. One transaction.
    bool step() {
        database_.execute("BEGIN IMMEDIATE");
        std::uint64_t last = 0;
        std::size_t bytes = 0;
        for (Rows rows = rows_.run(move_events_max); bytes < move_bytes_max && rows.next();) {
            last = rows.number(0);
            bytes += take(rows);
        }
        flush();
        if (last > 0) {
            delete_lines_.execute(last);
            moved_ += static_cast<std::uint64_t>(database_.changes());
            delete_events_.execute(last);
        }
        database_.execute("COMMIT");
        database_.value_of("PRAGMA wal_checkpoint(PASSIVE)");
        return last > 0;
    }

    std::uint64_t moved() const noexcept { return moved_; }

private:
    std::size_t take(const Rows& row) {
        const std::uint64_t sequence = row.number(0);
        const LineGroup group(first_, lines_);
        if (group.size() > 0 && (sequence != group.last() + 1 || group.size() >= group_events_max ||
                                 records_.bytes() >= group_bytes_max)) {
            flush();
        }
        if (lines_.empty()) first_ = sequence;
        const Instant received{std::chrono::microseconds(row.integer(1))};
        const std::string_view key = row.bytes(3);
        Line line{sequence, received, row.number(2), key.substr(0, line_key_bytes)};
        LineGroup::append(lines_, line);
        // One that is not as it was written stays so.
        if (!is_whole(line, key)) lines_.back() = static_cast<char>(lines_.back() ^ 1);
        const bool has_record = row.number(4) != 0;
        if (!has_record) return line_bytes;
        const StoredRecord record{static_cast<std::uint32_t>(row.number(5)),
                                  static_cast<std::uint32_t>(row.number(6)),
                                  static_cast<std::uint32_t>(row.number(7)),
                                  row.bytes(8),
                                  row.bytes(9),
                                  row.bytes(10),
                                  row.bytes(11),
                                  row.bytes(12),
                                  row.bytes(13),
                                  row.bytes(14)};
        records_.add(sequence, record);
        return line_bytes + record.json.size() + record.raw.size();
    }

    void flush() {
        if (lines_.empty()) return;
        insert_lines_.execute(first_, Blob{lines_});
        if (!records_.empty()) insert_records_.execute(first_, Blob{records_.finish(first_)});
        lines_.clear();
        records_.clear();
    }

    Database& database_;
    Statement rows_, insert_lines_, insert_records_, delete_lines_, delete_events_;
    std::uint64_t first_ = 0;
    std::string lines_;
    RecordGroupWriter records_;
    std::uint64_t moved_ = 0;
};

void begin_upgrade(Database& database, int format) {
    database.execute("BEGIN IMMEDIATE");
    if (format == 0) database.execute(tables_since_format_1);
    if (format < 2) database.execute(tables_since_format_2);
    if (format > 0) {
        database.execute(
            "ALTER TABLE ledger RENAME TO former_ledger; ALTER TABLE events RENAME TO former_events");
    }
    database.execute(tables_since_format_3);
    database.execute("PRAGMA application_id=" + std::to_string(application_id));
    database.execute("PRAGMA user_version=" + std::to_string(schema_version));
    database.execute("COMMIT");
}

void move_events(Database& database) {
    using std::chrono::steady_clock;
    const auto started = steady_clock::now();
    auto reported = started;
    {
        Move move(database);
        while (move.step()) {
            if (steady_clock::now() - reported < report_interval) continue;
            reported = steady_clock::now();
            log(LogLevel::info, "journal_upgrading", {{"events", std::to_string(move.moved())}});
        }
        log(LogLevel::info, "journal_upgraded",
            {{"to_format", std::to_string(schema_version)}, {"events", std::to_string(move.moved())}});
    }
    // What has no line belongs to nobody: it could be neither found nor delivered before.
    const std::string left = database.value_of("SELECT count(*) FROM former_events");
    if (left != "0") log(LogLevel::error, "journal_records_without_line_dropped", {{"records", left}});
    database.execute("BEGIN IMMEDIATE; DROP TABLE former_ledger; DROP TABLE former_events; COMMIT");
}

}  // namespace

bool is_upgrading(Database& database) {
    return database.value_of("SELECT count(*) FROM sqlite_schema WHERE name = 'former_ledger'") != "0";
}

void upgrade(Database& database, int format) {
    if (format < schema_version) begin_upgrade(database, format);
    if (is_upgrading(database)) move_events(database);
}

}  // namespace chathook::journal
