#include "store/ledger_reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "format/owed.hpp"
#include "format/record.hpp"
#include "format/runs.hpp"

namespace chathook::store {
namespace {

// Roughly the size of a refused request's row without its texts.
constexpr std::size_t rejection_bytes = 256;

// A sequence's dead letters of all sinks are before it.
constexpr std::uint64_t past_all_sinks = UINT32_MAX;

std::string select_dead(std::string_view rest) {
    return "SELECT " + std::string(record_columns) +
           ", d.seq, d.sink, d.attempts, d.reason, d.at, s.name FROM owed d "
           "CROSS JOIN ledger l ON l.seq = d.seq CROSS JOIN events e ON e.seq = d.seq "
           "CROSS JOIN sinks s ON s.number = d.sink " +
           std::string(rest);
}
enum DeadColumn : int {
    column_dead_sequence = column_raw + 1,
    column_dead_sink,
    column_dead_attempts,
    column_dead_reason,
    column_dead_at,
    column_dead_name,
};

DeadLetter dead_letter_of(const Rows& rows, std::shared_ptr<const Event> event) {
    return {rows.number(column_dead_sequence),
            std::string(rows.bytes(column_dead_name)),
            static_cast<unsigned>(rows.number(column_dead_attempts)),
            std::string(rows.bytes(column_dead_reason)),
            rows.instant(column_dead_at),
            std::move(event)};
}

// ?1 and ?2: the numbers between which to search; ?3: the limit; ?4: whether to read the raw request.
std::string select_rejections(std::string_view rest) {
    return "SELECT number, received, source, reason, status, client, header_names, body_sha256, body_size, "
           "raw IS NOT NULL, CASE WHEN ?4 THEN raw END FROM rejections WHERE number > ?1 AND number < ?2 " +
           std::string(rest) + " LIMIT ?3";
}

RecordedRejection rejection_of(const Rows& rows) {
    RecordedRejection recorded{rows.number(0), rows.integer(9) != 0, {}};
    Rejection& rejection = recorded.rejection;
    rejection.received = rows.instant(1);
    rejection.source = rows.bytes(2);
    rejection.reason = rows.bytes(3);
    rejection.status = static_cast<unsigned>(rows.number(4));
    rejection.client = rows.bytes(5);
    rejection.header_names = rows.bytes(6);
    const std::string_view sha256 = rows.bytes(7);
    std::copy_n(sha256.begin(), std::min(sha256.size(), rejection.body_sha256.size()),
                rejection.body_sha256.begin());
    rejection.body_size = rows.number(8);
    rejection.raw = rows.bytes(10);
    return recorded;
}

bool rejection_matches(const Rows& rows, const RejectionQuery& query) {
    const Instant received = rows.instant(1);
    if (query.since && received < *query.since) return false;
    if (query.until && received >= *query.until) return false;
    if (!query.source.empty() && rows.bytes(2) != query.source) return false;
    return query.reason.empty() || rows.bytes(3) == query.reason;
}

}  // namespace

LedgerReader::LedgerReader(Database& database)
    : fates_(database, "SELECT s.name, routed_to(l.routed, l.masked, s.number), NOT (" +
                           in_no_run("s.number", "l.seq") +
                           "), o.state, o.flags, o.attempts, o.reason, o.at, o.next_try "
                           "FROM ledger l CROSS JOIN events e ON e.seq = l.seq CROSS JOIN sinks s "
                           "LEFT JOIN owed o ON o.seq = l.seq AND o.sink = s.number "
                           "WHERE l.seq = ?1 ORDER BY s.number"),
      tried_(database,
             "SELECT seq, attempts FROM owed WHERE sink = ?1 AND state = 1 UNION ALL "
             "SELECT seq, attempts FROM owed WHERE sink = ?1 AND state = 3 AND attempts > 0 LIMIT 1000"),
      dead_forward_(
          database,
          select_dead("WHERE d.state = 2 AND (d.seq, d.sink) > (?1, ?2) AND (?4 = '' OR s.name = ?4) "
                      "ORDER BY d.seq, d.sink LIMIT ?3")),
      dead_backward_(database,
                     select_dead("WHERE d.state = 2 AND (d.seq, d.sink) < (?1, ?2) AND d.seq > ?5 AND "
                                 "(?4 = '' OR s.name = ?4) ORDER BY d.seq DESC, d.sink DESC "
                                 "LIMIT ?3")),
      rejections_forward_(database, select_rejections("ORDER BY number")),
      rejections_backward_(database, select_rejections("ORDER BY number DESC")),
      rejection_(database, select_rejections("")),
      sinks_(database, "SELECT number, name FROM sinks ORDER BY number") {}

std::vector<Fate> LedgerReader::fates(std::uint64_t sequence) {
    std::vector<Fate> fates;
    for (Rows rows = fates_.run(sequence); rows.next();) {
        const Standing at{rows.integer(1) != 0, rows.integer(2) != 0, static_cast<OwedState>(rows.number(3)),
                          static_cast<unsigned>(rows.number(4))};
        const auto state = told(at);
        if (!state) continue;
        Fate& fate = fates.emplace_back();
        fate.sink = rows.bytes(0);
        fate.state = *state;
        fate.delivered_before = at.had();
        fate.given_up_before = at.given_up();
        const bool due = *state == Fate::State::waiting || *state == Fate::State::again;
        if (!due && *state != Fate::State::dead) continue;
        fate.attempts = static_cast<unsigned>(rows.number(5));
        fate.reason = rows.bytes(6);
        fate.at = rows.instant(7);
        if (due && fate.attempts > 0) fate.next_try = rows.instant(8);
    }
    return fates;
}

std::vector<Reader::Tried> LedgerReader::tried(SinkNumber sink) {
    std::vector<Reader::Tried> tried;
    for (Rows rows = tried_.run(sink); rows.next();)
        tried.push_back({rows.number(0), static_cast<unsigned>(rows.number(1))});
    return tried;
}

struct LedgerReader::DeadSearch {
    const DeadQuery& query;
    Found<DeadLetter> found;  // its `passed` includes `sequence`, of which further sinks may follow
    std::uint64_t sequence;
    std::uint64_t sink;
    std::size_t bytes = 0;
    std::size_t looked_at = 0;
};

// Adds the matching rows of one statement to the result. True: there are no more, or the page is full, which
// is known only when a row with a new sequence follows.
bool LedgerReader::search(Rows& rows, DeadSearch& search) {
    std::vector<DeadLetter>& letters = search.found.rows;
    const std::size_t looked_at_before = search.looked_at;
    while (rows.next()) {
        const std::uint64_t sequence = rows.number(column_dead_sequence);
        const bool again = !letters.empty() && letters.back().sequence == sequence;
        const bool wanted = matches(rows, static_cast<const Query&>(search.query));
        const bool with_event = wanted && !search.query.only_sequences;
        const std::size_t bytes =
            with_event && !again ? rows.bytes(column_json).size() + rows.bytes(column_raw).size() : 0;
        const bool full = letters.size() >= search.query.limit ||
                          (!letters.empty() && search.bytes + bytes > search.query.bytes_max) ||
                          search.looked_at >= rows_looked_at_max;
        if (full && sequence != search.sequence) {
            search.found.more = true;
            return true;
        }
        ++search.looked_at;
        search.bytes += bytes;
        search.sequence = search.found.passed = sequence;
        search.sink = rows.number(column_dead_sink);
        if (!wanted) continue;
        auto event = again ? letters.back().event : with_event ? read_record(rows) : nullptr;
        letters.push_back(dead_letter_of(rows, std::move(event)));
    }
    return search.looked_at - looked_at_before < rows_per_statement;
}

Found<DeadLetter> LedgerReader::dead(const DeadQuery& query) {
    if (query.limit == 0) return {};
    // A page ends with a complete sequence, so a backward search begins before one.
    DeadSearch search{query, {}, query.after_sequence, past_all_sinks};
    if (query.newest) {
        search.sequence = query.before_sequence;
        search.sink = 0;
    }
    search.found.passed = search.sequence;
    for (bool done = false; !done;) {
        Rows rows = query.newest
                        ? dead_backward_.run(search.sequence, search.sink, rows_per_statement, query.sink,
                                             query.after_sequence)
                        : dead_forward_.run(search.sequence, search.sink, rows_per_statement, query.sink);
        done = this->search(rows, search);
    }
    if (query.newest) std::reverse(search.found.rows.begin(), search.found.rows.end());
    return std::move(search.found);
}

Found<RecordedRejection> LedgerReader::rejections(const RejectionQuery& query) {
    Found<RecordedRejection> found;
    if (query.limit == 0) return found;
    found.passed = query.newest ? query.before_number : query.after_number;
    std::size_t bytes_read = 0;
    for (std::size_t looked_at = 0, before = 0; !found.more; before = looked_at) {
        Rows rows = query.newest ? rejections_backward_.run(query.after_number, found.passed,
                                                            rows_per_statement, query.with_raw)
                                 : rejections_forward_.run(found.passed, past_the_newest, rows_per_statement,
                                                           query.with_raw);
        while (!found.more && rows.next()) {
            const bool wanted = rejection_matches(rows, query);
            const std::size_t bytes = rejection_bytes + rows.bytes(6).size() + rows.bytes(10).size();
            if (wanted && !found.empty() && bytes_read + bytes > query.bytes_max) {
                found.more = true;
                break;
            }
            ++looked_at;
            found.passed = rows.number(0);
            if (!wanted) continue;
            bytes_read += bytes;
            found.rows.push_back(rejection_of(rows));
            found.more = found.size() >= query.limit;
        }
        if (looked_at - before < rows_per_statement) break;
        found.more = found.more || looked_at >= rows_looked_at_max;
    }
    if (query.newest) std::reverse(found.rows.begin(), found.rows.end());
    return found;
}

std::optional<RecordedRejection> LedgerReader::rejection(std::uint64_t number) {
    if (number == 0) return std::nullopt;
    Rows rows = rejection_.run(number - 1, number + 1, 1, true);
    if (!rows.next()) return std::nullopt;
    return rejection_of(rows);
}

std::vector<KnownSink> LedgerReader::sinks(const SinkSet& configured) {
    std::vector<KnownSink> sinks;
    for (Rows rows = sinks_.run(); rows.next();) {
        const auto number = static_cast<SinkNumber>(rows.number(0));
        sinks.push_back({number, std::string(rows.bytes(1)), configured.contains(number)});
    }
    return sinks;
}

}  // namespace chathook::store
