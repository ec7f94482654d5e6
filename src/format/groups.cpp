#include "format/groups.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

#include "disk/crc32c.hpp"
#include "format/bytes.hpp"

namespace chathook::format {
namespace {

constexpr std::size_t directory_place_bytes =
    8;                                 // of one record in the directory: its sequence - first, its size
constexpr std::size_t tail_bytes = 8;  // behind the directory: how many records, its checksum
constexpr std::size_t numbers_bytes = 4 * 10;  // a record's own numbers: checksum, original, seven sizes

constexpr char layout = 4;  // the first byte of a group of lines

// Also covers the group's first sequence, in 8 bytes.
std::uint32_t directory_checksum(std::uint64_t first, std::string_view directory) {
    std::string begin;
    put(begin, first);
    return disk::crc32c(disk::crc32c(0, begin), directory);
}

// Writes a record up to its raw bytes, which are its last part.
void put_up_to_raw(std::string& out, const StoredRecord& record) {
    const std::array texts{record.source, record.vendor, record.type, record.vendor_type,
                           record.id,     record.json,   record.raw};
    for (const std::uint32_t number : {record.checksum, record.original_at, record.original_size}) {
        put(out, number);
    }
    for (const std::string_view text : texts) put(out, static_cast<std::uint32_t>(text.size()));
    for (const std::string_view text : std::span(texts).first(texts.size() - 1)) out += text;
}

// Writes the end of a group, behind its directory.
void put_tail(std::string& out, std::size_t directory, std::uint64_t first) {
    put(out, static_cast<std::uint32_t>((out.size() - directory) / directory_place_bytes));
    put(out, directory_checksum(first, std::string_view(out).substr(directory)));
}

}  // namespace

void LineGroup::append(std::string& lines, const Line& line) {
    if (lines.empty()) lines += layout;
    put(lines, static_cast<std::uint64_t>(line.received.time_since_epoch().count()));
    put(lines, line.routes.word);
    lines += line.key;
    put(lines, line_checksum(line));
}

std::string_view LineGroup::sealed(std::size_t at) const noexcept {
    return bytes_.substr(at * line_bytes + 16, line_bytes - 16);
}

StoredLine LineGroup::line(std::size_t at) const noexcept {
    const auto received = static_cast<std::int64_t>(get<std::uint64_t>(bytes_, at * line_bytes));
    const Line line{sequence(at),
                    Instant(std::chrono::microseconds(received)),
                    {get<std::uint64_t>(bytes_, at * line_bytes + 8), masked_},
                    sealed(at).substr(0, line_key_bytes)};
    return {line, is_whole(line, sealed(at))};
}

RecordGroup::RecordGroup(std::uint64_t first, std::size_t lines, std::string_view bytes)
    : first_(first), last_(first + std::max<std::size_t>(lines, 1) - 1), bytes_(bytes) {
    size_ = std::clamp<std::size_t>(lines, 1, group_events_max);
    if (bytes.size() < tail_bytes) return;
    const std::size_t tail = bytes.size() - tail_bytes;
    const std::size_t count = get32(bytes, tail);
    if (count == 0 || count > tail / directory_place_bytes) return;
    directory_ = tail - count * directory_place_bytes;
    const std::string_view covered = bytes.substr(directory_, count * directory_place_bytes + 4);
    if (directory_checksum(first, covered) != get32(bytes, tail + 4)) return;
    begins_.reserve(count + 1);
    std::uint64_t begin = 0;
    for (std::size_t at = 0; at < count; ++at) {
        begins_.push_back(static_cast<std::uint32_t>(begin));
        begin += get32(bytes, directory_ + at * directory_place_bytes + 4);
    }
    begins_.push_back(static_cast<std::uint32_t>(begin));
    if (begin != directory_) return;
    whole_ = true;
    size_ = count;
    last_ = std::max(last_, sequence(count - 1));
}

std::uint64_t RecordGroup::sequence(std::size_t at) const noexcept {
    return first_ + (whole_ ? get32(bytes_, directory_ + at * directory_place_bytes) : at);
}

std::size_t RecordGroup::place_of(std::uint64_t wanted) const noexcept {
    std::size_t from = 0, to = size_;
    while (from < to) {
        const std::size_t middle = (from + to) / 2;
        if (sequence(middle) < wanted) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

bool RecordGroup::has(std::uint64_t wanted) const noexcept {
    const std::size_t place = place_of(wanted);
    return place < size_ && sequence(place) == wanted;
}

std::string_view RecordGroup::bytes(std::size_t at) const noexcept {
    return whole_ ? bytes_.substr(begins_[at], begins_[at + 1] - begins_[at]) : std::string_view();
}

std::optional<StoredRecord> RecordGroup::record(std::size_t at) const noexcept {
    const std::string_view all = bytes(at);
    if (all.size() < numbers_bytes) return std::nullopt;
    StoredRecord record;
    record.checksum = get32(all, 0);
    record.original_at = get32(all, 4);
    record.original_size = get32(all, 8);
    std::size_t number = 12;
    std::string_view texts = all.substr(numbers_bytes);
    for (std::string_view* text : {&record.source, &record.vendor, &record.type, &record.vendor_type,
                                   &record.id, &record.json, &record.raw}) {
        const std::size_t size = get32(all, number);
        number += 4;
        if (size > texts.size()) return std::nullopt;
        *text = texts.substr(0, size);
        texts.remove_prefix(size);
    }
    return record;
}

AroundRaw around_raw(std::uint64_t sequence, const StoredRecord& record) {
    AroundRaw around;
    put_up_to_raw(around.before, record);
    put(around.behind, std::uint32_t{0});  // its sequence is the group's first
    put(around.behind, static_cast<std::uint32_t>(around.before.size() + record.raw.size()));
    put_tail(around.behind, 0, sequence);
    return around;
}

void RecordGroupWriter::add(std::uint64_t sequence, const StoredRecord& record) {
    if (finished_) clear();
    const std::size_t before = group_.size();
    put_up_to_raw(group_, record);
    group_ += record.raw;
    directory_.push_back({sequence, static_cast<std::uint32_t>(group_.size() - before)});
}

void RecordGroupWriter::take(std::uint64_t sequence, std::string_view record) {
    if (finished_) clear();
    group_ += record;
    directory_.push_back({sequence, static_cast<std::uint32_t>(record.size())});
}

std::string_view RecordGroupWriter::finish(std::uint64_t first) {
    const std::size_t directory = group_.size();
    for (const Place& place : directory_) {
        put(group_, static_cast<std::uint32_t>(place.sequence - first));
        put(group_, place.size);
    }
    put_tail(group_, directory, first);
    finished_ = true;
    return group_;
}

void RecordGroupWriter::clear() noexcept {
    group_.clear();
    directory_.clear();
    finished_ = false;
}

}  // namespace chathook::format
