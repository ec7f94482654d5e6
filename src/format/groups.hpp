// The format of the journal's two large tables: a row is a group of events that were committed together,
// because one row for each event cost more than everything else that a commit does. A group of `lines`
// contains the events' lines, and the group of `records` with the same first sequence their texts.
// docs/journal-format.md describes every byte. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/event.hpp>

#include "format/record.hpp"
#include "format/words.hpp"

namespace chathook::format {

// Limits of one group: it is read as a whole, and written again if one of its events is forgotten before the
// others.
inline constexpr std::size_t group_events_max = 128;
inline constexpr std::size_t group_bytes_max = 128 * 1024;  // of records, unless one alone is larger

// A line in a group: 8 bytes received, 8 bytes routed, lowest byte first, 16 bytes key, 4 bytes checksum.
// Before the first one stands a byte, which tells the group from one of format 3, whose lines have bit masks.
inline constexpr std::size_t line_bytes = 36;

struct StoredLine {
    Line line;
    bool whole = false;  // its checksum is right
};

// The lines of the sequences first, first + 1 and so on. Views `bytes`.
class LineGroup {
public:
    LineGroup(std::uint64_t first, std::string_view bytes) noexcept
        : first_(first), masked_(bytes.size() % line_bytes != 1), bytes_(bytes.substr(masked_ ? 0 : 1)) {}

    std::size_t size() const noexcept { return bytes_.size() / line_bytes; }
    std::uint64_t first() const noexcept { return first_; }
    std::uint64_t last() const noexcept { return first_ + size() - 1; }  // of one that is not empty
    std::uint64_t sequence(std::size_t at) const noexcept { return first_ + at; }
    StoredLine line(std::size_t at) const noexcept;

    // The key with its checksum.
    std::string_view sealed(std::size_t at) const noexcept;

    // Appends the line to `lines`, which are empty or were made by this. Its routes are no mask.
    static void append(std::string& lines, const Line& line);

private:
    std::uint64_t first_;
    bool masked_;
    std::string_view bytes_;
};

// A record's fields; the texts view the group's bytes.
struct StoredRecord {
    std::uint32_t checksum = 0;  // as record_checksum() answered it
    std::uint32_t original_at = 0;
    std::uint32_t original_size = 0;
    std::string_view source, vendor, type, vendor_type, id, json, raw;
};

// The records of sequences from `first` on, in order, without those that were forgotten. Views `bytes` and
// does not rely on them: a group whose directory is damaged has all sequences of its lines, each with a
// record that cannot be read.
class RecordGroup {
public:
    // `lines`: how many lines the group has.
    RecordGroup(std::uint64_t first, std::size_t lines, std::string_view bytes);

    bool whole() const noexcept { return whole_; }
    std::size_t size() const noexcept { return size_; }
    std::uint64_t first() const noexcept { return first_; }
    std::uint64_t last() const noexcept { return last_; }  // of the lines
    std::uint64_t sequence(std::size_t at) const noexcept;

    // The place of the first sequence that is not below this one; size() when there is none.
    std::size_t place_of(std::uint64_t sequence) const noexcept;
    bool has(std::uint64_t sequence) const noexcept;

    // Nothing if it cannot be read.
    std::optional<StoredRecord> record(std::size_t at) const noexcept;

    // The record's bytes, for RecordGroupWriter::take().
    std::string_view bytes(std::size_t at) const noexcept;

private:
    std::uint64_t first_, last_;
    std::string_view bytes_;
    bool whole_ = false;
    std::size_t size_ = 0;
    std::size_t directory_ = 0;  // where it begins in bytes_
    std::vector<std::uint32_t> begins_;
};

// The bytes of a group of one record before and behind its raw bytes.
struct AroundRaw {
    std::string before, behind;
};
AroundRaw around_raw(std::uint64_t sequence, const StoredRecord& record);

// Writes the bytes of a RecordGroup. Sequences are added in rising order.
class RecordGroupWriter {
public:
    void add(std::uint64_t sequence, const StoredRecord& record);
    void take(std::uint64_t sequence, std::string_view record);

    bool empty() const noexcept { return directory_.empty(); }
    std::size_t bytes() const noexcept { return group_.size(); }

    // The bytes of the group, whose lines begin with `first`. Afterwards the writer is empty; the bytes are
    // valid until it is used again.
    std::string_view finish(std::uint64_t first);
    void clear() noexcept;

private:
    struct Place {
        std::uint64_t sequence;
        std::uint32_t size;
    };
    std::string group_;
    std::vector<Place> directory_;
    bool finished_ = false;
};

}  // namespace chathook::format
