#include "store/reader.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "format/record.hpp"
#include "format/request_reader.hpp"
#include "format/runs.hpp"
#include "store/ledger_reader.hpp"
#include "store/schema.hpp"
#include "store/source_table.hpp"
#include "store/words.hpp"
#include "support/log.hpp"

namespace chathook::store {
namespace {

constexpr std::uint64_t lines_per_statement = 65536;

std::string select_records(std::string_view rest) {
    return "SELECT " + std::string(record_columns) + " " + std::string(rest);
}

// The sink's own view of what is not settled: above the first run, routed to it, and in no other run.
std::string waiting_for_sink() {
    return "WHERE l.seq > max(?1, ifnull((SELECT last FROM passed WHERE sink = ?2 AND first = 0), 0)) "
           "AND routed_to(l.routed, l.masked, ?2) AND " +
           in_no_run("?2", "l.seq") + " ORDER BY l.seq LIMIT ?3";
}

// Limit for events that are due again in one page of due events.
constexpr std::size_t again_events_max = 32;

void warn_damaged(std::uint64_t sequence) {
    log(LogLevel::error, "journal_record_damaged", {{"sequence", std::to_string(sequence)}});
}

// Reports the damage to the writer, which then checks its log.
void report_malformed_database(const SqliteError& error, Progress& progress) noexcept {
    const int primary = error.code() & 0xff;
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) progress.report_malformed();
}

Errc report(const SqliteError& error, Progress& progress) {
    if (error.code() == SQLITE_INTERRUPT) return Errc::shutting_down;
    report_malformed_database(error, progress);
    log(LogLevel::error, "journal_not_readable", {{"reason", error.what()}});
    return Errc::journal_failed;
}

template <class Ask>
auto answer(Progress& progress, const Ask& ask) -> Result<decltype(ask())> {
    if (progress.reading_ended()) return Errc::shutting_down;
    try {
        return ask();
    } catch (const SqliteError& error) {
        return report(error, progress);
    }
}

// The milliseconds with which an id begins (RFC 9562, section 5.7): an event's id contains its time of
// receipt, and so does the ledger, which is small enough to be searched.
std::optional<std::int64_t> time_of(std::string_view id) {
    if (id.size() != 36 || id[8] != '-' || id[14] != '7') return std::nullopt;
    const std::string digits = std::string(id.substr(0, 8)) + std::string(id.substr(9, 4));
    std::int64_t milliseconds = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), milliseconds, 16);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return milliseconds;
}

// The times of all ids; nothing if one of them contains none.
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
                 std::shared_ptr<const journal::Recent> recent, std::shared_ptr<const Ages> ages)
        : progress_(std::move(progress)),
          recent_(std::move(recent)),
          ages_(std::move(ages)),
          database_(open_for_reading(file)),
          due_(database_,
               select_records("FROM ledger l CROSS JOIN events e ON e.seq = l.seq " + waiting_for_sink())),
          again_(database_, select_records("FROM owed a CROSS JOIN ledger l ON l.seq = a.seq "
                                           "CROSS JOIN events e ON e.seq = a.seq WHERE a.state = 3 "
                                           "AND a.sink = ?2 AND a.seq > ?1 ORDER BY a.seq LIMIT ?3")),
          oldest_(database_, "SELECT l.received, l.seq FROM ledger l " + waiting_for_sink()),
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
          ledgers_(database_),
          requests_(database_) {
        database_.interrupt_when(progress_->reading_ended());
    }

    Result<std::vector<Delivery>> due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                      std::size_t bytes_max) override;
    Result<std::vector<Tried>> tried(SinkNumber sink) override {
        return answer(*progress_, [&] { return ledgers_.tried(sink); });
    }
    Result<Backlog> backlog(SinkNumber sink) override;
    Result<Found<Row>> find(const Query& query) override;
    Result<std::vector<Fate>> fates(std::uint64_t sequence) override {
        return answer(*progress_, [&] { return ledgers_.fates(sequence); });
    }
    Result<std::optional<journal::StoredRequest>> request_of(std::uint64_t sequence) override {
        return answer(*progress_, [&] { return requests_.request_of(sequence); });
    }
    Result<Found<DeadLetter>> dead(const DeadQuery& query) override {
        return answer(*progress_, [&] { return ledgers_.dead(query); });
    }
    Result<Found<RecordedRejection>> rejections(const RejectionQuery& query) override {
        return answer(*progress_, [&] { return ledgers_.rejections(query); });
    }
    Result<std::optional<RecordedRejection>> rejection(std::uint64_t number) override {
        return answer(*progress_, [&] { return ledgers_.rejection(number); });
    }
    Result<std::vector<KnownSink>> sinks() override {
        return answer(*progress_, [&] { return ledgers_.sinks(progress_->configured()); });
    }
    Result<std::vector<LastEvent>> last_events() override {
        return answer(*progress_, [&] {
            std::vector<LastEvent> all;
            for (auto& [name, last] : read_last_events(database_)) all.push_back(std::move(last));
            return all;
        });
    }

private:
    struct Search {
        const Query& query;
        Found<Row> found;
        std::size_t bytes = 0;
        std::size_t looked_at = 0;
        bool full = false;
    };
    void search(Rows& rows, Search& search);
    void search_ids(Search& search, const std::set<std::int64_t>& times);
    std::vector<std::uint64_t> received_at(const std::set<std::int64_t>& times, const Query& query);

    struct Page {
        std::vector<Delivery> deliveries;
        std::size_t bytes;
        std::size_t bytes_max;
    };
    void take(Rows& rows, SinkNumber sink, Page& page);

    std::shared_ptr<Progress> progress_;
    std::shared_ptr<const journal::Recent> recent_;
    std::shared_ptr<const Ages> ages_;
    Database database_;
    Statement due_, again_, oldest_, forward_, backward_, received_, one_;
    LedgerReader ledgers_;
    format::RequestReader requests_;
};

// Adds the rows of one statement to the page, as long as they fit.
void SqliteReader::take(Rows& rows, SinkNumber sink, Page& page) {
    while (rows.next()) {
        page.bytes += rows.bytes(column_json).size() + rows.bytes(column_raw).size();
        if (page.bytes > page.bytes_max && !page.deliveries.empty()) break;
        const std::uint64_t sequence = rows.number(column_sequence);
        const bool ends_here = is_very_long(rows);
        if (auto event = ends_here ? read_very_long(database_, rows) : read_record(rows)) {
            const Instant counted_from = ages_->counted_from(sequence, event->received);
            page.deliveries.push_back({.sequence = sequence,
                                       .attempt = 1,
                                       .event = std::move(event),
                                       .again = false,
                                       .counted_from = counted_from});
        } else if (progress_->report_damage(sink, sequence)) {
            warn_damaged(sequence);
        }
        if (ends_here) break;
    }
}

Result<std::vector<Delivery>> SqliteReader::due(SinkNumber sink, std::uint64_t after, std::size_t events_max,
                                                std::size_t bytes_max) {
    Page page{{}, 0, bytes_max};
    if (auto recent = recent_->due(sink, after, events_max, bytes_max)) {
        for (Delivery& delivery : *recent) {
            delivery.counted_from = ages_->counted_from(delivery.sequence, delivery.event->received);
        }
        return std::move(*recent);
    }
    const journal::SinkCounts counts = progress_->of(sink);
    try {
        if (counts.waiting > 0) {
            Rows rows = due_.run(after, sink, events_max);
            take(rows, sink, page);
        }
        const std::size_t room = events_max - std::min(events_max, page.deliveries.size());
        if (counts.again > 0 && room > 0 && page.bytes < bytes_max) {
            const auto first = static_cast<std::ptrdiff_t>(page.deliveries.size());
            Rows rows = again_.run(after, sink, std::min(room, again_events_max));
            take(rows, sink, page);
            std::for_each(page.deliveries.begin() + first, page.deliveries.end(),
                          [](Delivery& delivery) { delivery.again = true; });
        }
        return std::move(page.deliveries);
    } catch (const SqliteError& error) {
        return report(error, *progress_);
    }
}

Result<Reader::Backlog> SqliteReader::backlog(SinkNumber sink) {
    const journal::SinkCounts counts = progress_->of(sink);
    Backlog backlog{.events = counts.waiting + counts.again, .again = counts.again, .dead = counts.dead};
    if (counts.waiting == 0) return backlog;
    try {
        Rows rows = oldest_.run(0, sink, 1);
        if (rows.next()) {
            backlog.oldest_received = Instant(std::chrono::microseconds(rows.integer(0)));
            backlog.oldest_counted_from = ages_->counted_from(rows.number(1), *backlog.oldest_received);
        }
        return backlog;
    } catch (const SqliteError& error) {
        return report(error, *progress_);
    }
}

// Adds the matching rows of one statement to the result.
void SqliteReader::search(Rows& rows, Search& search) {
    while (rows.next()) {
        const std::uint64_t sequence = rows.number(column_sequence);
        bool ends_here = false;
        if (search.query.only_sequences) {
            if (matches(rows, search.query)) search.found.rows.push_back({sequence, nullptr});
        } else if (matches(rows, search.query)) {
            const std::size_t bytes = rows.bytes(column_json).size() + rows.bytes(column_raw).size();
            search.full = !search.found.empty() && search.bytes + bytes > search.query.bytes_max;
            if (search.full) return;
            search.bytes += bytes;
            ends_here = is_very_long(rows);
            if (auto event = ends_here ? read_very_long(database_, rows) : read_record(rows)) {
                search.found.rows.push_back({sequence, std::move(event)});
            } else {
                warn_damaged(sequence);
            }
        }
        ++search.looked_at;
        search.found.passed = sequence;
        // A page that has enough bytes ends here: the next row would be read to find out that it does not
        // fit, and then again for the next page.
        search.full = search.found.size() >= search.query.limit || search.looked_at >= rows_looked_at_max ||
                      search.bytes >= search.query.bytes_max || ends_here;
        if (search.full) return;
    }
}

// The records that were received at one of these times, in the order of the query.
std::vector<std::uint64_t> SqliteReader::received_at(const std::set<std::int64_t>& times,
                                                     const Query& query) {
    std::vector<std::uint64_t> candidates;
    const std::int64_t first = *times.begin() * 1000;
    const std::int64_t past_last = (*times.rbegin() + 1) * 1000;
    const auto newest_line =
        std::stoull("0" + database_.value_of("SELECT seq FROM ledger ORDER BY seq DESC LIMIT 1"));
    for (std::uint64_t from = query.after_sequence; from < newest_line; from += lines_per_statement) {
        for (Rows rows = received_.run(from, from + lines_per_statement, first, past_last); rows.next();) {
            const std::uint64_t sequence = rows.number(0);
            if (query.newest && sequence >= query.before_sequence) break;
            if (times.contains(rows.integer(1) / 1000)) candidates.push_back(sequence);
        }
    }
    if (query.newest) std::reverse(candidates.begin(), candidates.end());
    return candidates;
}

// Searches the ledger instead of the records, and reads only those that were received at the times of the
// ids.
void SqliteReader::search_ids(Search& search, const std::set<std::int64_t>& times) {
    for (const std::uint64_t candidate : received_at(times, search.query)) {
        Rows rows = one_.run(candidate);
        this->search(rows, search);
        search.found.more = search.full;
        if (search.full) return;
    }
}

Result<Found<Reader::Row>> SqliteReader::find(const Query& query) {
    if (query.limit == 0) return Found<Row>{};
    if (progress_->reading_ended()) return Errc::shutting_down;
    Search search{query, {}};
    Found<Row>& found = search.found;
    found.passed = query.newest ? query.before_sequence : query.after_sequence;
    try {
        const auto times = times_of(query.ids);
        const bool by_time = times && !times->empty();
        if (by_time) search_ids(search, *times);
        for (bool done = by_time; !done;) {
            const std::size_t before = search.looked_at;
            Rows rows = query.newest ? backward_.run(query.after_sequence, found.passed, rows_per_statement)
                                     : forward_.run(found.passed, rows_per_statement);
            this->search(rows, search);
            found.more = search.full;
            done = search.full || search.looked_at - before < rows_per_statement;
        }
    } catch (const SqliteError& error) {
        return report(error, *progress_);
    }
    if (query.newest) std::reverse(found.rows.begin(), found.rows.end());
    return std::move(found);
}

}  // namespace

std::unique_ptr<Reader> make_sqlite_reader(const std::filesystem::path& file, const journal::Shared& shared) {
    try {
        return std::make_unique<SqliteReader>(file, shared.progress, shared.recent, shared.ages);
    } catch (const SqliteError& error) {
        report_malformed_database(error, *shared.progress);
        throw;
    }
}

}  // namespace chathook::store
