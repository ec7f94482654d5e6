#include "journal/reader.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "journal/ledger_reader.hpp"
#include "journal/record.hpp"
#include "journal/schema.hpp"
#include "journal/sqlite.hpp"
#include "support/log.hpp"

namespace chathook::journal {
namespace {

// find() ends its statement after so many rows and goes on with a new one, so that a search through millions
// does not keep the write-ahead log from starting over.
constexpr std::size_t rows_per_statement = 1000;
constexpr std::uint64_t lines_per_statement = 65536;

std::string select_records(std::string_view rest) {
    return "SELECT " + std::string(record_columns) + " " + std::string(rest);
}

// The sink's own view of what is not settled: above the cursor, routed to it, and no exception.
constexpr std::string_view waiting_for_sink =
    "WHERE l.seq > max(?1, (SELECT cursor FROM sinks WHERE number = ?2)) AND (l.routed >> ?2) & 1 "
    "AND NOT EXISTS(SELECT 1 FROM settled s WHERE s.sink = ?2 AND s.seq = l.seq) ORDER BY l.seq LIMIT ?3";

// Of one page of due events, those that are due again.
constexpr std::size_t again_events_max = 32;

void warn_damaged(std::uint64_t sequence) {
    log(LogLevel::error, "journal_record_damaged", {{"sequence", std::to_string(sequence)}});
}

Errc reported(const SqliteError& error) {
    log(LogLevel::error, "journal_not_readable", {{"reason", error.what()}});
    return Errc::journal_failed;
}

template <class Ask>
auto answer(const Ask& ask) -> Result<decltype(ask())> {
    try {
        return ask();
    } catch (const SqliteError& error) {
        return reported(error);
    }
}

// The milliseconds that an id begins with (RFC 9562, section 5.7): an event's id is made of its time of
// receipt, and that stands in the ledger, which is small enough to be gone through.
std::optional<std::int64_t> time_of(std::string_view id) {
    if (id.size() != 36 || id[8] != '-' || id[14] != '7') return std::nullopt;
    const std::string digits = std::string(id.substr(0, 8)) + std::string(id.substr(9, 4));
    std::int64_t milliseconds = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), milliseconds, 16);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return milliseconds;
}

// Of all ids; nothing when one of them tells none.
std::optional<std::set<std::int64_t>> times_of(const std::vector<std::string>& ids) {
    std::set<std::int64_t> times;
    for (const std::string& id : ids) {
        const auto time = time_of(id);
        if (!time) return std::nullopt;
        times.insert(*time);
    }
    return times;
}

class SqliteReader final : public Reader {
public:
    SqliteReader(const std::filesystem::path& file, std::shared_ptr<Progress> progress,
                 std::shared_ptr<const Recent> recent)
        : progress_(std::move(progress)),
          recent_(std::move(recent)),
          database_(open_for_reading(file)),
          due_(database_, select_records("FROM ledger l CROSS JOIN events e ON e.seq = l.seq " +
                                         std::string(waiting_for_sink))),
          again_(database_, select_records("FROM again a CROSS JOIN ledger l ON l.seq = a.seq "
                                           "CROSS JOIN events e ON e.seq = a.seq "
                                           "WHERE a.sink = ?2 AND a.seq > ?1 ORDER BY a.seq LIMIT ?3")),
          oldest_(database_, "SELECT l.received FROM ledger l " + std::string(waiting_for_sink)),
          forward_(database_, select_records("FROM events e CROSS JOIN ledger l ON l.seq = e.seq "
                                             "WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2")),
          backward_(database_,
                    select_records("FROM events e CROSS JOIN ledger l ON l.seq = e.seq "
                                   "WHERE e.seq > ?1 AND e.seq < ?2 ORDER BY e.seq DESC LIMIT ?3")),
          received_(database_,
                    "SELECT seq, received FROM ledger WHERE seq > ?1 AND seq <= ?2 AND "
                    "received >= ?3 AND received < ?4 ORDER BY seq"),
          one_(database_, select_records("FROM events e CROSS JOIN ledger l ON l.seq = e.seq "
                                         "WHERE e.seq = ?1")),
          ledgers_(database_) {}

    Result<std::vector<Delivery>> due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                      std::size_t bytes_max) override;
    Result<Backlog> backlog(SinkNumber sink) override;
    Result<std::vector<Row>> find(const Query& query) override;
    Result<std::vector<Fate>> fates(std::uint64_t sequence) override {
        return answer([&] { return ledgers_.fates(sequence); });
    }
    Result<std::vector<DeadLetter>> dead(const DeadQuery& query) override {
        return answer([&] { return ledgers_.dead(query); });
    }
    Result<std::vector<RecordedRejection>> rejections(const RejectionQuery& query) override {
        return answer([&] { return ledgers_.rejections(query); });
    }
    Result<std::optional<RecordedRejection>> rejection(std::uint64_t number) override {
        return answer([&] { return ledgers_.rejection(number); });
    }
    Result<std::vector<KnownSink>> sinks() override {
        return answer([&] { return ledgers_.sinks(progress_->configured()); });
    }

private:
    struct Search {
        const Query& query;
        std::vector<Row> found;
        std::uint64_t position;
        std::size_t limit;
        bool more = true;
    };
    void search(Rows& rows, Search& search);
    void search_ids(Search& search, const std::set<std::int64_t>& times);

    struct Page {
        std::vector<Delivery> deliveries;
        std::size_t bytes;
        std::size_t bytes_max;
    };
    void take(Rows& rows, SinkNumber sink, Page& page);

    std::shared_ptr<Progress> progress_;
    std::shared_ptr<const Recent> recent_;
    Database database_;
    Statement due_, again_, oldest_, forward_, backward_, received_, one_;
    LedgerReader ledgers_;
};

// Takes what fits out of one statement's rows.
void SqliteReader::take(Rows& rows, SinkNumber sink, Page& page) {
    while (rows.next()) {
        page.bytes += rows.bytes(column_json).size() + rows.bytes(column_raw).size();
        if (page.bytes > page.bytes_max && !page.deliveries.empty()) break;
        const std::uint64_t sequence = rows.number(column_sequence);
        if (auto event = read_record(rows)) {
            page.deliveries.push_back({sequence, 1, std::move(event)});
        } else if (progress_->report_damage(sink, sequence)) {
            warn_damaged(sequence);
        }
    }
}

Result<std::vector<Delivery>> SqliteReader::due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                                std::size_t bytes_max) {
    Page page{{}, 0, bytes_max};
    if (sink >= sinks_max) return std::move(page.deliveries);
    if (auto recent = recent_->due(sink, after, events_max, bytes_max)) return std::move(*recent);
    try {
        if (progress_->waiting(sink) > 0) {
            Rows rows = due_.run(after, sink, events_max);
            take(rows, sink, page);
        }
        const std::size_t room = events_max - std::min(events_max, page.deliveries.size());
        if (progress_->again(sink) > 0 && room > 0 && page.bytes < bytes_max) {
            const auto first = static_cast<std::ptrdiff_t>(page.deliveries.size());
            Rows rows = again_.run(after, sink, std::min(room, again_events_max));
            take(rows, sink, page);
            std::for_each(page.deliveries.begin() + first, page.deliveries.end(),
                          [](Delivery& delivery) { delivery.again = true; });
        }
        return std::move(page.deliveries);
    } catch (const SqliteError& error) {
        return reported(error);
    }
}

Result<Reader::Backlog> SqliteReader::backlog(SinkNumber sink) {
    if (sink >= sinks_max) return Backlog{};
    const std::uint64_t waiting = progress_->waiting(sink);
    const std::uint64_t again = progress_->again(sink);
    Backlog backlog{waiting + again, again, progress_->dead(sink), std::nullopt};
    if (waiting == 0) return backlog;
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
    while (search.found.size() < search.limit && rows.next()) {
        ++looked_at;
        search.position = rows.number(column_sequence);
        if (!matches(rows, search.query)) continue;
        if (auto event = read_record(rows)) {
            search.found.push_back({search.position, std::move(event)});
        } else {
            warn_damaged(search.position);
        }
    }
    search.more = looked_at == rows_per_statement && search.found.size() < search.limit;
}

// Goes through the ledger instead of the records, and only looks at those received at the ids' times.
void SqliteReader::search_ids(Search& search, const std::set<std::int64_t>& times) {
    // Ids are few and stand for one record each, so the last ones may be chosen from all.
    if (search.query.newest) search.limit = SIZE_MAX;
    const std::int64_t first = *times.begin() * 1000;
    const std::int64_t past_last = (*times.rbegin() + 1) * 1000;
    const auto newest_line =
        std::stoull("0" + database_.value_of("SELECT seq FROM ledger ORDER BY seq DESC LIMIT 1"));
    for (std::uint64_t from = search.query.after_sequence; from < newest_line; from += lines_per_statement) {
        std::vector<std::uint64_t> candidates;
        for (Rows rows = received_.run(from, from + lines_per_statement, first, past_last); rows.next();) {
            if (times.contains(rows.integer(1) / 1000)) candidates.push_back(rows.number(0));
        }
        for (const std::uint64_t candidate : candidates) {
            Rows rows = one_.run(candidate);
            this->search(rows, search);
        }
    }
    const std::size_t surplus = search.found.size() - std::min(search.found.size(), search.query.limit);
    search.found.erase(search.found.begin(), search.found.begin() + static_cast<std::ptrdiff_t>(surplus));
}

Result<std::vector<Reader::Row>> SqliteReader::find(const Query& query) {
    Search found{query, {}, query.newest ? query.before_sequence : query.after_sequence, query.limit};
    try {
        if (const auto times = times_of(query.ids); times && !times->empty()) {
            search_ids(found, *times);
            return std::move(found.found);
        }
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
                                           std::shared_ptr<Progress> progress,
                                           std::shared_ptr<const Recent> recent) {
    return std::make_unique<SqliteReader>(file, std::move(progress), std::move(recent));
}

}  // namespace chathook::journal
