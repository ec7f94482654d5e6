#include "journal/reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "journal/record.hpp"
#include "journal/schema.hpp"
#include "journal/sqlite.hpp"
#include "support/glob.hpp"
#include "support/log.hpp"

namespace chathook::journal {
namespace {

// find() ends its statement after so many rows and goes on with a new one, so that a search through millions
// does not keep the write-ahead log from starting over.
constexpr std::size_t rows_per_statement = 1000;

std::string select_records(std::string_view rest) {
    return "SELECT " + std::string(record_columns) + " " + std::string(rest);
}

// The sink's own view of what is not settled: above the cursor, routed to it, and no exception.
constexpr std::string_view waiting_for_sink =
    "WHERE l.seq > max(?1, (SELECT cursor FROM sinks WHERE number = ?2)) AND (l.routed >> ?2) & 1 "
    "AND NOT EXISTS(SELECT 1 FROM settled s WHERE s.sink = ?2 AND s.seq = l.seq) ORDER BY l.seq LIMIT ?3";

void warn_damaged(std::uint64_t sequence) {
    log(LogLevel::error, "journal_record_damaged", {{"sequence", std::to_string(sequence)}});
}

class SqliteReader final : public Reader {
public:
    SqliteReader(const std::filesystem::path& file, std::shared_ptr<Progress> progress)
        : progress_(std::move(progress)),
          database_(open_for_reading(file)),
          due_(database_, select_records("FROM ledger l CROSS JOIN events e ON e.seq = l.seq " +
                                         std::string(waiting_for_sink))),
          oldest_(database_, "SELECT l.received FROM ledger l " + std::string(waiting_for_sink)),
          forward_(database_, select_records("FROM events e CROSS JOIN ledger l ON l.seq = e.seq "
                                             "WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2")),
          backward_(database_,
                    select_records("FROM events e CROSS JOIN ledger l ON l.seq = e.seq "
                                   "WHERE e.seq > ?1 AND e.seq < ?2 ORDER BY e.seq DESC LIMIT ?3")) {}

    Result<std::vector<Delivery>> due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                      std::size_t bytes_max) override;
    Result<Backlog> backlog(SinkNumber sink) override;
    Result<std::vector<Row>> find(const Query& query) override;
    Result<std::vector<Fate>> fates(std::uint64_t) override { return Errc::journal_failed; }
    Result<std::vector<DeadLetter>> dead(const DeadQuery&) override { return Errc::journal_failed; }
    Result<std::vector<RecordedRejection>> rejections(const RejectionQuery&) override {
        return Errc::journal_failed;
    }
    Result<std::optional<RecordedRejection>> rejection(std::uint64_t) override {
        return Errc::journal_failed;
    }
    Result<std::vector<KnownSink>> sinks() override { return Errc::journal_failed; }

private:
    struct Search {
        const Query& query;
        std::vector<Row> found;
        std::uint64_t position;
        bool more = true;
    };
    void search(Rows& rows, Search& search);

    std::shared_ptr<Progress> progress_;
    Database database_;
    Statement due_, oldest_, forward_, backward_;
};

Errc reported(const SqliteError& error) {
    log(LogLevel::error, "journal_not_readable", {{"reason", error.what()}});
    return Errc::journal_failed;
}

bool matches(const Rows& rows, const Query& query) {
    if (!query.vendor.empty() && rows.bytes(column_vendor) != query.vendor) return false;
    if (!query.source.empty() && rows.bytes(column_source) != query.source) return false;
    if (query.since && rows.integer(column_received) < query.since->time_since_epoch().count()) return false;
    return query.type_glob.empty() || glob_matches(query.type_glob, rows.bytes(column_type));
}

Result<std::vector<Delivery>> SqliteReader::due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                                std::size_t bytes_max) {
    std::vector<Delivery> deliveries;
    if (sink >= sinks_max || progress_->waiting(sink) == 0) return deliveries;
    try {
        std::size_t bytes = 0;
        for (Rows rows = due_.run(after, sink, events_max); rows.next();) {
            bytes += rows.bytes(column_json).size() + rows.bytes(column_raw).size();
            if (bytes > bytes_max && !deliveries.empty()) break;
            const std::uint64_t sequence = rows.number(column_sequence);
            if (auto event = read_record(rows)) {
                deliveries.push_back({sequence, 1, std::move(event)});
            } else if (progress_->report_damage(sink, sequence)) {
                warn_damaged(sequence);
            }
        }
        return deliveries;
    } catch (const SqliteError& error) {
        return reported(error);
    }
}

Result<Reader::Backlog> SqliteReader::backlog(SinkNumber sink) {
    if (sink >= sinks_max) return Backlog{};
    Backlog backlog{progress_->waiting(sink), 0, progress_->dead(sink), std::nullopt};
    if (backlog.events == 0) return backlog;
    try {
        Rows rows = oldest_.run(0, sink, 1);
        if (rows.next()) backlog.oldest_received = Instant(std::chrono::microseconds(rows.integer(0)));
        return backlog;
    } catch (const SqliteError& error) {
        return reported(error);
    }
}

// Takes what matches out of one statement's rows.
void SqliteReader::search(Rows& rows, Search& search) {
    std::size_t looked_at = 0;
    while (search.found.size() < search.query.limit && rows.next()) {
        ++looked_at;
        search.position = rows.number(column_sequence);
        if (!matches(rows, search.query)) continue;
        if (auto event = read_record(rows)) {
            search.found.push_back({search.position, std::move(event)});
        } else {
            warn_damaged(search.position);
        }
    }
    search.more = looked_at == rows_per_statement && search.found.size() < search.query.limit;
}

Result<std::vector<Reader::Row>> SqliteReader::find(const Query& query) {
    constexpr auto past_the_newest = static_cast<std::uint64_t>(INT64_MAX);
    Search found{query, {}, query.newest ? past_the_newest : query.after_sequence};
    try {
        while (found.more) {
            Rows rows = query.newest ? backward_.run(query.after_sequence, found.position, rows_per_statement)
                                     : forward_.run(found.position, rows_per_statement);
            search(rows, found);
        }
    } catch (const SqliteError& error) {
        return reported(error);
    }
    if (query.newest) std::reverse(found.found.begin(), found.found.end());
    return std::move(found.found);
}

}  // namespace

std::unique_ptr<Reader> make_sqlite_reader(const std::filesystem::path& file,
                                           std::shared_ptr<Progress> progress) {
    return std::make_unique<SqliteReader>(file, std::move(progress));
}

}  // namespace chathook::journal
