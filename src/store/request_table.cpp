#include "store/request_table.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/log.hpp"

namespace chathook::store {
namespace {

using format::RequestHead;
using format::RequestPart;

// Zeros are written in pieces of this size.
constexpr std::size_t zeros_max = 64 << 10;

}  // namespace

RequestTable::RequestTable(Database& database)
    : database_(database),
      insert_(database, "INSERT INTO requests(first, last, data) VALUES(?1, ?2, ?3)"),
      insert_need_(database, "INSERT OR IGNORE INTO needs(feature) VALUES(?1)"),
      insert_repeat_(database, "INSERT OR IGNORE INTO repeats(first, seq) VALUES(?1, ?2)"),
      touched_(database,
               "SELECT first, last FROM requests WHERE first <= ?2 AND first >= "
               "coalesce((SELECT max(first) FROM requests WHERE first <= ?1), 0) ORDER BY first"),
      has_events_(database, "SELECT 1 FROM events WHERE seq >= ?1 AND seq <= ?2 LIMIT 1"),
      original_(database, "SELECT original_at, original_size, json, raw FROM events WHERE seq = ?1"),
      at_or_before_(database, "SELECT first FROM requests WHERE first <= ?1 ORDER BY first DESC LIMIT 1"),
      one_(database, "SELECT last, data FROM requests WHERE first = ?1"),
      requests_with_(database, "SELECT first FROM repeats WHERE seq = ?1"),
      delete_(database, "DELETE FROM requests WHERE first = ?1"),
      delete_repeats_(database, "DELETE FROM repeats WHERE first = ?1") {}

void RequestTable::append(const journal::Parcel& parcel, std::span<const Appended> appended) {
    RequestHead head;
    head.id = parcel.id;
    head.envelope_bytes = static_cast<std::uint32_t>(parcel.envelope.size());
    for (std::size_t at = 0; at < parcel.parts.size(); ++at) {
        RequestPart part{appended[at].sequence, static_cast<std::uint32_t>(parcel.parts[at].at)};
        if (appended[at].duplicate) {
            part.flags = RequestPart::repeated;
            if (has_same_bytes(parcel, appended, at)) part.flags |= RequestPart::same_bytes;
        } else {
            head.last = part.sequence;
            if (head.first == 0) head.first = part.sequence;
        }
        if (parcel.parts[at].beside) part.flags |= RequestPart::beside;
        head.parts.push_back(part);
    }
    if (head.first == 0) return;
    insert_need_.execute(requests_feature);
    write(head, parcel.envelope, true);
    for (const RequestPart& part : head.parts) {
        if (part.is(RequestPart::repeated)) insert_repeat_.execute(head.first, part.sequence);
    }
}

// Whether the event that a part repeats has the part's bytes.
bool RequestTable::has_same_bytes(const journal::Parcel& parcel, std::span<const Appended> appended,
                                  std::size_t part) {
    const std::string_view bytes = parcel.parts[part].event->original();
    for (std::size_t before = 0; before < part; ++before) {
        if (!appended[before].duplicate && appended[before].sequence == appended[part].sequence)
            return parcel.parts[before].event->original() == bytes;
    }
    Rows rows = original_.run(appended[part].sequence);
    if (!rows.next()) return false;
    const std::string_view json = rows.bytes(2);
    const std::size_t at = rows.number(0), size = rows.number(1);
    if (size == 0) return rows.bytes(3) == bytes;
    return at <= json.size() && json.substr(at, size) == bytes;
}

// A new row, or over the bytes of one: an envelope that is erased becomes zeros in its place. Piece by piece,
// because an envelope may be long.
void RequestTable::write(const RequestHead& head, std::string_view envelope, bool is_new) {
    const format::AroundEnvelope around = format::around_envelope(head, envelope);
    if (is_new) {
        insert_.execute(head.first, head.last,
                        Zeros{around.before.size() + head.envelope_bytes + around.behind.size()});
    }
    BlobWriter data(database_, "requests", "data", head.first);
    data.write(around.before);
    if (head.envelope_erased) {
        const std::string zeros(std::min<std::size_t>(head.envelope_bytes, zeros_max), '\0');
        for (std::size_t left = head.envelope_bytes; left > 0; left -= std::min(left, zeros.size()))
            data.write(std::string_view(zeros).substr(0, left));
    } else {
        data.write(envelope);
    }
    data.write(around.behind);
}

void RequestTable::remove(std::uint64_t first) {
    delete_.execute(first);
    delete_repeats_.execute(first);
}

void RequestTable::forget(std::span<const std::uint64_t> sequences) {
    if (sequences.empty()) return;
    std::vector<std::uint64_t> gone, kept;
    for (Rows rows = touched_.run(sequences.front(), sequences.back()); rows.next();) {
        const std::uint64_t first = rows.number(0), last = rows.number(1);
        const auto own = std::ranges::lower_bound(sequences, first);
        if (own == sequences.end() || *own > last) continue;
        Rows left = has_events_.run(first, last);
        (left.next() ? kept : gone).push_back(first);
    }
    for (const std::uint64_t first : gone) remove(first);
    // The body cannot be put together any more, and no search for a person finds what the envelope says.
    for (const std::uint64_t first : kept) clear_envelope(first);
}

void RequestTable::erase(std::span<const std::uint64_t> sequences) {
    std::set<std::uint64_t> requests;
    for (const std::uint64_t sequence : sequences) {
        if (Rows own = at_or_before_.run(sequence); own.next()) requests.insert(own.number(0));
        for (Rows others = requests_with_.run(sequence); others.next();) requests.insert(others.number(0));
    }
    for (const std::uint64_t first : requests) erase_in(first, sequences);
}

// Nothing if there is no such row. One that is damaged is removed.
std::optional<RequestHead> RequestTable::head_of(std::uint64_t first) {
    {
        Rows rows = one_.run(first);
        if (!rows.next()) return std::nullopt;
        if (auto row = format::read_request(first, rows.number(0), rows.bytes(1)))
            return std::move(row->head);
    }
    log(LogLevel::error, "journal_request_damaged", {{"sequence", std::to_string(first)}});
    remove(first);
    return std::nullopt;
}

void RequestTable::clear_envelope(std::uint64_t first) {
    std::optional<RequestHead> head = head_of(first);
    if (!head || head->envelope_erased) return;
    head->envelope_erased = true;
    write(*head, {}, false);
}

void RequestTable::erase_in(std::uint64_t first, std::span<const std::uint64_t> sequences) {
    std::optional<RequestHead> head = head_of(first);
    if (!head) return;
    bool concerned = false;
    for (RequestPart& part : head->parts) {
        if (std::find(sequences.begin(), sequences.end(), part.sequence) == sequences.end()) continue;
        part.flags |= RequestPart::erased;
        concerned = true;
    }
    if (!concerned) return;
    head->envelope_erased = true;
    write(*head, {}, false);
}

}  // namespace chathook::store
