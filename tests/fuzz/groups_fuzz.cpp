// A group of records is read back as it was written; whatever its bytes are, nothing outside of them is read,
// and what is damaged in one record stays in it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/groups.hpp"
#include "fuzz/require.hpp"

using namespace chathook::fuzz;
using namespace chathook::format;

namespace {

void require_inside(std::string_view part, std::string_view whole) {
    require(part.empty() ||
            (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()));
}

// Reads all there is of a group.
void read(const RecordGroup& group, std::string_view bytes, std::size_t lines) {
    require(group.whole() || group.size() == (lines == 0 ? 1 : std::min(lines, group_events_max)));
    for (std::size_t at = 0; at < group.size(); ++at) {
        require(group.sequence(at) >= group.first() && group.sequence(at) <= group.last());
        require_inside(group.bytes(at), bytes);
        const auto record = group.record(at);
        require(!record || group.whole());
        if (!record) continue;
        for (const std::string_view text : {record->source, record->vendor, record->type, record->vendor_type,
                                            record->id, record->json, record->raw}) {
            require_inside(text, group.bytes(at));
        }
    }
}

// Cuts the input into texts: a byte says how long the next one is.
class Texts {
public:
    explicit Texts(std::string_view input) : left_(input) {}
    bool more() const { return !left_.empty(); }
    std::string_view next() {
        if (left_.empty()) return {};
        const std::size_t size =
            std::min<std::size_t>(static_cast<unsigned char>(left_[0]), left_.size() - 1);
        const std::string_view text = left_.substr(1, size);
        left_.remove_prefix(1 + size);
        return text;
    }

private:
    std::string_view left_;
};

bool same(const StoredRecord& a, const StoredRecord& b) {
    return a.checksum == b.checksum && a.original_at == b.original_at && a.original_size == b.original_size &&
           a.source == b.source && a.vendor == b.vendor && a.type == b.type &&
           a.vendor_type == b.vendor_type && a.id == b.id && a.json == b.json && a.raw == b.raw;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t lines = size == 0 ? 0 : data[0];
    read(RecordGroup(7, lines, input), input, lines);

    constexpr std::uint64_t first = 1000;
    std::vector<StoredRecord> written;
    std::vector<std::uint64_t> sequences;
    RecordGroupWriter writer;
    std::uint64_t sequence = first;
    for (Texts texts(input); texts.more() && written.size() < group_events_max; ++sequence) {
        StoredRecord record{static_cast<std::uint32_t>(size * 2654435761u),
                            static_cast<std::uint32_t>(written.size()), static_cast<std::uint32_t>(size)};
        for (std::string_view* text : {&record.source, &record.vendor, &record.type, &record.vendor_type,
                                       &record.id, &record.json, &record.raw}) {
            *text = texts.next();
        }
        if (record.source.size() % 3 == 2) continue;  // forgotten
        written.push_back(record);
        sequences.push_back(sequence);
        writer.add(sequence, record);
    }
    if (written.empty()) return 0;
    const auto all = static_cast<std::size_t>(sequence - first);
    std::string bytes(writer.finish(first));
    {
        const RecordGroup group(first, all, bytes);
        require(group.whole() && group.size() == written.size());
        for (std::size_t at = 0; at < written.size(); ++at) {
            require(group.sequence(at) == sequences[at] && group.has(sequences[at]));
            const auto record = group.record(at);
            require(record && same(*record, written[at]));
        }
        read(group, bytes, all);
    }
    // Damage somewhere, as the input says.
    const std::size_t at = (size * 31 + data[size - 1]) % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (data[size / 2] % 8)));
    const RecordGroup damaged(first, all, bytes);
    read(damaged, bytes, all);
    std::size_t changed = 0;
    for (std::size_t each = 0; damaged.whole() && each < written.size(); ++each) {
        const auto record = damaged.record(each);
        changed += !record || !same(*record, written[each]);
    }
    require(!damaged.whole() || changed <= 1);
    return 0;
}
