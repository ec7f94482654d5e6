#include "format/requests.hpp"

#include <algorithm>

#include "disk/crc32c.hpp"
#include "format/bytes.hpp"

namespace chathook::format {
namespace {

constexpr char request_layout = 1;  // the first byte
constexpr char erased_flag = 1;
constexpr std::size_t head_numbers_bytes = 2 + 3 * 4;  // in front of the parts
constexpr std::size_t request_part_bytes = 8 + 4 + 4;
constexpr std::size_t request_tail_bytes = 4;
constexpr std::uint32_t known_flags =
    RequestPart::repeated | RequestPart::same_bytes | RequestPart::erased | RequestPart::beside;

// Also covers the row's other columns, each in 8 bytes.
std::uint32_t begin_checksum(std::uint64_t first, std::uint64_t last) {
    std::string columns;
    put(columns, first);
    put(columns, last);
    return disk::crc32c(0, columns);
}

std::uint32_t add_zeros(std::uint32_t checksum, std::size_t count) {
    const std::string zeros(std::min<std::size_t>(count, 64 << 10), '\0');
    for (; count > 0; count -= std::min(count, zeros.size()))
        checksum = disk::crc32c(checksum, std::string_view(zeros).substr(0, count));
    return checksum;
}

// Whether the parts contradict neither each other nor the rest of the row.
bool are_consistent(const RequestHead& head) noexcept {
    std::uint64_t next = head.first;
    std::uint32_t at = 0;
    for (const RequestPart& part : head.parts) {
        if ((part.flags & ~known_flags) != 0 || part.at < at || part.at > head.envelope_bytes) return false;
        at = part.at;
        if (part.is(RequestPart::repeated) ? part.sequence > head.last : part.sequence != next++)
            return false;
    }
    return next > head.first && next == head.last + 1;
}

}  // namespace

AroundEnvelope around_envelope(const RequestHead& head, std::string_view envelope) {
    AroundEnvelope around;
    around.before += request_layout;
    around.before += head.envelope_erased ? erased_flag : '\0';
    put(around.before, static_cast<std::uint32_t>(head.parts.size()));
    put(around.before, static_cast<std::uint32_t>(head.id.size()));
    put(around.before, head.envelope_bytes);
    for (const RequestPart& part : head.parts) {
        put(around.before, part.sequence);
        put(around.before, part.at);
        put(around.before, part.flags);
    }
    around.before += head.id;
    const std::uint32_t before = disk::crc32c(begin_checksum(head.first, head.last), around.before);
    put(around.behind,
        head.envelope_erased ? add_zeros(before, head.envelope_bytes) : disk::crc32c(before, envelope));
    return around;
}

std::optional<RequestRow> read_request(std::uint64_t first, std::uint64_t last, std::string_view bytes) {
    if (bytes.size() < head_numbers_bytes + request_tail_bytes) return std::nullopt;
    const std::string_view covered = bytes.substr(0, bytes.size() - request_tail_bytes);
    if (disk::crc32c(begin_checksum(first, last), covered) != get32(bytes, covered.size()) ||
        covered[0] != request_layout || (covered[1] & ~erased_flag) != 0)
        return std::nullopt;
    RequestRow row{{first, last, {}, {}, get32(covered, 10), covered[1] == erased_flag}, {}};
    const std::size_t parts = get32(covered, 2), id_bytes = get32(covered, 6);
    const std::size_t id_at = head_numbers_bytes + parts * request_part_bytes;
    if (parts > journal::parcel_parts_max || covered.size() != id_at + id_bytes + row.head.envelope_bytes)
        return std::nullopt;
    row.head.parts.reserve(parts);
    for (std::size_t at = head_numbers_bytes; at < id_at; at += request_part_bytes)
        row.head.parts.push_back(
            {get<std::uint64_t>(covered, at), get32(covered, at + 8), get32(covered, at + 12)});
    row.head.id = covered.substr(id_at, id_bytes);
    row.envelope = covered.substr(id_at + id_bytes);
    if (!are_consistent(row.head)) return std::nullopt;
    return row;
}

}  // namespace chathook::format
