// Finds the event with a dedupe key, in memory: 12 to 22 bytes for each. It compares 40 bits of a key, so
// what it finds has to be compared with the whole key. One thread only.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chathook::keys {

class KeyIndex {
public:
    // The part of a key that is kept.
    struct Prefix {
        std::uint8_t part;
        std::uint32_t tag;
        bool operator==(const Prefix&) const = default;
    };

    // `key` is a digest or the beginning of one.
    static Prefix prefix_of(std::string_view key) noexcept;

    // `sequence` is above 0. Entries with the same prefix are kept.
    void add(Prefix prefix, std::uint64_t sequence);

    // The same for the first entry with this prefix: false, and nothing is added, if there is one already.
    bool add_first(Prefix prefix, std::uint64_t sequence) {
        return parts_[prefix.part].emplace(prefix.tag, static_cast<Low>(sequence)).second;
    }

    // Returns whether the entry existed.
    bool remove(Prefix prefix, std::uint64_t sequence);

    // The sequence that was added with this prefix and that `is_it` accepts. No sequence was added that is
    // above `newest`; those that are 2^32 or more below it are not found.
    template <class IsIt>
    std::optional<std::uint64_t> find(Prefix prefix, std::uint64_t newest, IsIt is_it) const {
        const auto& part = parts_[prefix.part];
        const auto found = part.find(prefix.tag);
        if (found == part.end()) return std::nullopt;
        const std::uint64_t sequence = newest - static_cast<Low>(static_cast<Low>(newest) - found->second);
        if (is_it(sequence)) return sequence;
        const auto [begin, end] = beside_.equal_range(prefix);
        for (auto at = begin; at != end; ++at) {
            if (is_it(at->second)) return at->second;
        }
        return std::nullopt;
    }

    std::size_t size() const noexcept;

    // For a file of it (saved_index.hpp), which has the parts one after the other and then what is beside
    // them. fill() and fill_beside() take what the other two gave, into an index that has nothing there.
    static constexpr std::size_t parts = 256;
    using Low = std::uint32_t;  // a sequence without its upper half
    struct Entry {
        std::uint32_t tag;
        Low low;
    };
    struct Beside {
        std::uint64_t sequence;
        std::uint32_t tag;
        std::uint32_t part;  // below `parts`
    };
    std::vector<Entry> entries(std::size_t part) const;
    std::vector<Beside> beside() const;
    void fill(std::size_t part, std::span<const Entry> entries);
    void fill_beside(std::span<const Beside> entries);

private:
    struct Hash {
        std::size_t operator()(const Prefix& prefix) const noexcept {
            return (std::size_t{prefix.tag} << 8U) | prefix.part;
        }
    };

    // In parts, so that growing moves only one of them at a time, without twice the memory and without a
    // pause.
    std::array<boost::unordered_flat_map<std::uint32_t, Low>, parts> parts_;

    // Further entries with the same prefix: with ten million events, one new key in 100,000.
    std::unordered_multimap<Prefix, std::uint64_t, Hash> beside_;
};

}  // namespace chathook::keys
