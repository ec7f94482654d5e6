#include "journal/ledger_reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "journal/record.hpp"

namespace chathook::journal {
namespace {

// Of one statement, after which a search goes on with a new one: see reader.cpp.
constexpr std::size_t rows_per_statement = 1000;

Instant instant_of(std::int64_t microseconds) noexcept {
    return Instant(std::chrono::microseconds(microseconds));
}

std::string select_dead(std::string_view rest) {
    return "SELECT " + std::string(record_columns) +
           ", d.seq, d.sink, d.attempts, d.reason, d.at, s.name FROM dead d "
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

DeadLetter dead_letter_of(const Rows& rows) {
    return {rows.number(column_dead_sequence),
            std::string(rows.bytes(column_dead_name)),
            static_cast<unsigned>(rows.number(column_dead_attempts)),
            std::string(rows.bytes(column_dead_reason)),
            instant_of(rows.integer(column_dead_at)),
            read_record(rows)};
}

// ?1 and ?2: the numbers between which to look; ?3: how many; ?4: whether with the raw request.
std::string select_rejections(std::string_view rest) {
    return "SELECT number, received, source, reason, status, client, header_names, body_sha256, body_size, "
           "raw IS NOT NULL, CASE WHEN ?4 THEN raw END FROM rejections WHERE number > ?1 AND number < ?2 " +
           std::string(rest) + " LIMIT ?3";
}

RecordedRejection rejection_of(const Rows& rows) {
    RecordedRejection recorded{rows.number(0), rows.integer(9) != 0, {}};
    Rejection& rejection = recorded.rejection;
    rejection.received = instant_of(rows.integer(1));
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

bool matches(const Rows& rows, const RejectionQuery& query) {
    const Instant received = instant_of(rows.integer(1));
    if (query.since && received < *query.since) return false;
    if (query.until && received >= *query.until) return false;
    if (!query.source.empty() && rows.bytes(2) != query.source) return false;
    return query.reason.empty() || rows.bytes(3) == query.reason;
}

}  // namespace

LedgerReader::LedgerReader(Database& database)
    // 1: what the sink's cursor and exceptions say; 2, 3: what was noted; the dead letter, if it is one.
    : fates_(
          database,
          "SELECT s.name, (l.routed >> s.number) & 1, "
          "l.seq <= s.cursor OR EXISTS(SELECT 1 FROM settled x WHERE x.sink = s.number AND x.seq = l.seq), "
          "EXISTS(SELECT 1 FROM again a WHERE a.sink = s.number AND a.seq = l.seq), o.outcome, "
          "d.seq IS NOT NULL, d.attempts, d.reason, d.at "
          "FROM ledger l CROSS JOIN events e ON e.seq = l.seq CROSS JOIN sinks s "
          "LEFT JOIN outcomes o ON o.seq = l.seq AND o.sink = s.number "
          "LEFT JOIN dead d ON d.seq = l.seq AND d.sink = s.number "
          "WHERE l.seq = ?1 ORDER BY s.number"),
      dead_forward_(database, select_dead("WHERE (d.seq, d.sink) > (?1, ?2) AND (?4 = '' OR s.name = ?4) "
                                          "ORDER BY d.seq, d.sink LIMIT ?3")),
      dead_backward_(database, select_dead("WHERE (d.seq, d.sink) < (?1, ?2) AND d.seq > ?5 AND "
                                           "(?4 = '' OR s.name = ?4) ORDER BY d.seq DESC, d.sink DESC "
                                           "LIMIT ?3")),
      rejections_forward_(database, select_rejections("ORDER BY number")),
      rejections_backward_(database, select_rejections("ORDER BY number DESC")),
      rejection_(database, select_rejections("")),
      sinks_(database, "SELECT number, name FROM sinks ORDER BY number") {}

std::vector<Fate> LedgerReader::fates(std::uint64_t sequence) {
    constexpr int noted_delivered = 1, noted_discarded = 2;
    std::vector<Fate> fates;
    for (Rows rows = fates_.run(sequence); rows.next();) {
        const bool routed = rows.integer(1) != 0;
        const bool settled = rows.integer(2) != 0;
        const bool again = rows.integer(3) != 0;
        const auto noted = rows.integer(4);
        const bool dead = rows.integer(5) != 0;
        if (!routed && !again && !dead && noted == 0) continue;
        Fate fate;
        fate.sink = rows.bytes(0);
        if (again) {
            fate.state = Fate::State::again;
        } else if (dead) {
            fate.state = Fate::State::dead;
        } else if (noted == noted_discarded) {
            fate.state = Fate::State::discarded;
        } else if (settled || !routed) {
            fate.state = Fate::State::delivered;
        }
        fate.delivered_before = (again || dead) && noted == noted_delivered;
        if (dead) {
            fate.attempts = static_cast<unsigned>(rows.number(6));
            fate.reason = rows.bytes(7);
            fate.at = instant_of(rows.integer(8));
        }
        fates.push_back(std::move(fate));
    }
    return fates;
}

struct LedgerReader::DeadSearch {
    const DeadQuery& query;
    std::vector<DeadLetter> found;
    std::uint64_t sequence;
    std::uint64_t sink;
    bool more = true;
};

void LedgerReader::search(Rows& rows, DeadSearch& search) {
    std::size_t looked_at = 0;
    search.more = false;
    while (rows.next()) {
        const std::uint64_t sequence = rows.number(column_dead_sequence);
        const bool enough = search.found.size() >= search.query.limit;
        if (enough && search.found.back().sequence != sequence) return;
        search.more = ++looked_at == rows_per_statement;
        search.sequence = sequence;
        search.sink = rows.number(column_dead_sink);
        if (matches(rows, static_cast<const Query&>(search.query))) {
            search.found.push_back(dead_letter_of(rows));
        }
    }
}

std::vector<DeadLetter> LedgerReader::dead(const DeadQuery& query) {
    if (query.limit == 0) return {};
    // A page ends with a whole sequence, so backward it begins in front of one.
    DeadSearch found{query, {}, query.after_sequence, sinks_max};
    if (query.newest) {
        found.sequence = query.before_sequence;
        found.sink = 0;
    }
    while (found.more) {
        Rows rows = query.newest
                        ? dead_backward_.run(found.sequence, found.sink, rows_per_statement, query.sink,
                                             query.after_sequence)
                        : dead_forward_.run(found.sequence, found.sink, rows_per_statement, query.sink);
        search(rows, found);
    }
    if (query.newest) std::reverse(found.found.begin(), found.found.end());
    return std::move(found.found);
}

std::vector<RecordedRejection> LedgerReader::rejections(const RejectionQuery& query) {
    std::vector<RecordedRejection> found;
    std::uint64_t from = query.after_number, to = query.newest ? query.before_number : past_the_newest;
    for (std::size_t looked_at = rows_per_statement;
         looked_at == rows_per_statement && found.size() < query.limit;) {
        looked_at = 0;
        Rows rows = (query.newest ? rejections_backward_ : rejections_forward_)
                        .run(from, to, rows_per_statement, query.with_raw);
        while (found.size() < query.limit && rows.next()) {
            ++looked_at;
            (query.newest ? to : from) = rows.number(0);
            if (matches(rows, query)) found.push_back(rejection_of(rows));
        }
    }
    if (query.newest) std::reverse(found.begin(), found.end());
    return found;
}

std::optional<RecordedRejection> LedgerReader::rejection(std::uint64_t number) {
    if (number == 0) return std::nullopt;
    Rows rows = rejection_.run(number - 1, number + 1, 1, true);
    if (!rows.next()) return std::nullopt;
    return rejection_of(rows);
}

std::vector<KnownSink> LedgerReader::sinks(SinkSet configured) {
    std::vector<KnownSink> sinks;
    for (Rows rows = sinks_.run(); rows.next();) {
        const auto number = static_cast<SinkNumber>(rows.number(0));
        sinks.push_back(
            {number, std::string(rows.bytes(1)), number < sinks_max && contains(configured, number)});
    }
    return sinks;
}

}  // namespace chathook::journal
