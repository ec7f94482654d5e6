#include "format/record.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "disk/checksum.hpp"
#include "format/groups.hpp"
#include "support/glob.hpp"

namespace chathook::format {
namespace {

constexpr std::size_t very_long_bytes = 4 << 20;

std::shared_ptr<Event> event_without_raw(const Rows& rows) {
    auto event = std::make_shared<Event>();
    event->received = Instant(std::chrono::microseconds(rows.integer(column_received)));
    event->source = rows.bytes(column_source);
    event->vendor = rows.bytes(column_vendor);
    event->type = rows.bytes(column_type);
    event->vendor_type = rows.bytes(column_vendor_type);
    event->id = rows.bytes(column_id);
    event->original_at = static_cast<std::size_t>(rows.number(column_original_at));
    event->original_size = static_cast<std::size_t>(rows.number(column_original_size));
    event->text = rows.bytes(column_json);
    return event;
}

}  // namespace

std::uint32_t record_checksum(std::uint64_t sequence, std::uint64_t routed, const Event& event) {
    disk::Checksum sum;
    sum.add(sequence);
    sum.add(static_cast<std::uint64_t>(event.received.time_since_epoch().count()));
    sum.add(routed);
    sum.add(std::uint64_t{event.original_at});
    sum.add(std::uint64_t{event.original_size});
    for (const std::string* text : {&event.source, &event.vendor, &event.type, &event.vendor_type, &event.id,
                                    &event.text, &event.raw}) {
        sum.add(std::string_view(*text));
    }
    return sum.value();
}

// All numbers in one piece, because a start computes this for each line of the ledger.
std::uint32_t line_checksum(const Line& line) {
    std::array<char, 4 * 8> numbers{};
    char* at = numbers.data();
    for (std::uint64_t number :
         {line.sequence, static_cast<std::uint64_t>(line.received.time_since_epoch().count()),
          line.routes.word, std::uint64_t{line.key.size()}}) {
        for (int byte = 0; byte < 8; ++byte, number >>= 8) *at++ = static_cast<char>(number & 0xff);
    }
    return disk::crc32c(disk::crc32c(0, {numbers.data(), numbers.size()}), line.key);
}

bool is_whole(Line line, std::string_view sealed) {
    if (sealed.size() != line_key_bytes + 4) return false;
    line.key = sealed.substr(0, line_key_bytes);
    const std::uint32_t checksum = line_checksum(line);
    for (std::size_t byte = 0; byte < 4; ++byte) {
        if (static_cast<unsigned char>(sealed[line_key_bytes + byte]) != ((checksum >> (8 * byte)) & 0xff)) {
            return false;
        }
    }
    return true;
}

bool matches(const Rows& rows, const Query& query) {
    if (!query.vendor.empty() && rows.bytes(column_vendor) != query.vendor) return false;
    if (!query.source.empty() && rows.bytes(column_source) != query.source) return false;
    const Instant received{std::chrono::microseconds(rows.integer(column_received))};
    if (query.since && received < *query.since) return false;
    if (query.until && received >= *query.until) return false;
    if (!query.ids.empty() &&
        std::find(query.ids.begin(), query.ids.end(), rows.bytes(column_id)) == query.ids.end()) {
        return false;
    }
    return query.type_glob.empty() || glob_matches(query.type_glob, rows.bytes(column_type));
}

bool is_very_long(const Rows& rows) { return rows.bytes(column_raw).size() > very_long_bytes; }

std::shared_ptr<const Event> read_very_long(Database& database, Rows& rows) {
    const std::uint64_t sequence = rows.number(column_sequence);
    const std::uint64_t routed = rows.number(column_routed);
    const auto checksum = static_cast<std::uint32_t>(rows.number(column_checksum));
    auto event = event_without_raw(rows);
    // Since version 0.2 such a record has a group of its own; an older one may share one.
    StoredRecord stored;
    stored.source = event->source;
    stored.vendor = event->vendor;
    stored.type = event->type;
    stored.vendor_type = event->vendor_type;
    stored.id = event->id;
    stored.json = event->text;
    stored.raw = rows.bytes(column_raw);
    const AroundRaw around = around_raw(sequence, stored);
    const std::size_t size = stored.raw.size();
    std::optional<BlobReader> group;
    try {
        group.emplace(database, "records", "data", sequence);
    } catch (const SqliteError&) {
    }
    if (!group || group->size() != around.before.size() + size + around.behind.size()) {
        event->raw = stored.raw;
        rows.end();
    } else {
        rows.end();
        event->raw.resize(size);
        group->read(around.before.size(), event->raw);
    }
    return record_checksum(sequence, routed, *event) == checksum ? event : nullptr;
}

std::shared_ptr<const Event> read_record(const Rows& rows) {
    auto event = event_without_raw(rows);
    event->raw = rows.bytes(column_raw);
    const std::uint32_t checksum =
        record_checksum(rows.number(column_sequence), rows.number(column_routed), *event);
    if (checksum != rows.number(column_checksum)) return nullptr;
    return event;
}

}  // namespace chathook::format
