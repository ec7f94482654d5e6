#include "format/request_reader.hpp"

#include "format/record.hpp"
#include "format/requests.hpp"
#include "support/log.hpp"

namespace chathook::format {

bool has_requests(Database& database) {
    return database.value_of("SELECT count(*) FROM sqlite_schema WHERE name IN ('requests', 'repeats')") ==
           "2";
}

std::optional<journal::StoredRequest> RequestReader::request_of(std::uint64_t sequence) {
    if (!at_or_before_) {
        if (!has_requests(database_)) return std::nullopt;
        at_or_before_.emplace(
            database_,
            "SELECT first, last, data FROM requests WHERE first <= ?1 ORDER BY first DESC LIMIT 1");
        record_.emplace(database_,
                        "SELECT " + std::string(record_columns) +
                            " FROM events e CROSS JOIN ledger l ON l.seq = e.seq WHERE e.seq = ?1");
    }
    // Until these rows end, everything is read as it was at the same moment.
    Rows rows = at_or_before_->run(sequence);
    if (!rows.next() || rows.number(1) < sequence) return std::nullopt;
    const auto row = read_request(rows.number(0), rows.number(1), rows.bytes(2));
    if (!row) {
        log(LogLevel::error, "journal_request_damaged", {{"sequence", std::to_string(rows.number(0))}});
        return std::nullopt;
    }
    journal::StoredRequest request{
        .id = row->head.id, .count = row->head.parts.size(), .envelope_erased = row->head.envelope_erased};
    std::size_t taken = 0;  // of the envelope
    for (std::size_t index = 0; index < request.count; ++index) {
        const RequestPart& part = row->head.parts[index];
        if (part.sequence == sequence && !part.is(RequestPart::repeated)) request.index = index;
        request.body += row->envelope.substr(taken, part.at - taken);
        taken = part.at;
        if (part.is(RequestPart::beside)) continue;
        if (!part.has_bytes() || !append_part(request.body, part.sequence)) request.missing.push_back(index);
    }
    request.body += row->envelope.substr(taken);
    if (!request.is_whole()) request.body = {};
    return request;
}

// False: the event's record is not there (any more), or is not as it was written.
bool RequestReader::append_part(std::string& body, std::uint64_t sequence) {
    Rows rows = record_->run(sequence);
    if (!rows.next()) return false;
    const auto event = is_very_long(rows) ? read_very_long(database_, rows) : read_record(rows);
    if (!event || body.size() + event->original().size() > journal::request_body_max) return false;
    body += event->original();
    return true;
}

}  // namespace chathook::format
