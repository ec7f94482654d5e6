#include "keys/key_index.hpp"

#include <algorithm>
#include <cstring>

namespace chathook::keys {

KeyIndex::Prefix KeyIndex::prefix_of(std::string_view key) noexcept {
    Prefix prefix{};
    if (key.empty()) return prefix;
    prefix.part = static_cast<std::uint8_t>(key.front());
    key.remove_prefix(1);
    std::memcpy(&prefix.tag, key.data(), std::min(key.size(), sizeof prefix.tag));
    return prefix;
}

void KeyIndex::add(Prefix prefix, std::uint64_t sequence) {
    if (!parts_[prefix.part].emplace(prefix.tag, static_cast<Low>(sequence)).second) {
        beside_.emplace(prefix, sequence);
    }
}

bool KeyIndex::remove(Prefix prefix, std::uint64_t sequence) {
    auto& part = parts_[prefix.part];
    const auto found = part.find(prefix.tag);
    if (found == part.end()) return false;
    auto [at, end] = beside_.equal_range(prefix);
    if (found->second == static_cast<Low>(sequence)) {
        // find() begins with this entry, so another one of the prefix replaces it.
        if (at == end) {
            part.erase(found);
        } else {
            found->second = static_cast<Low>(at->second);
            beside_.erase(at);
        }
        return true;
    }
    at = std::find_if(at, end, [&](const auto& other) { return other.second == sequence; });
    if (at == end) return false;
    beside_.erase(at);
    return true;
}

std::size_t KeyIndex::size() const noexcept {
    std::size_t entries = beside_.size();
    for (const auto& part : parts_) entries += part.size();
    return entries;
}

std::vector<KeyIndex::Entry> KeyIndex::entries(std::size_t part) const {
    std::vector<Entry> all;
    all.reserve(parts_[part].size());
    for (const auto& [tag, low] : parts_[part]) all.push_back({tag, low});
    return all;
}

std::vector<KeyIndex::Beside> KeyIndex::beside() const {
    std::vector<Beside> all;
    all.reserve(beside_.size());
    for (const auto& [prefix, sequence] : beside_) all.push_back({sequence, prefix.tag, prefix.part});
    return all;
}

void KeyIndex::fill(std::size_t part, std::span<const Entry> entries) {
    parts_[part].reserve(entries.size());
    for (const Entry& entry : entries) parts_[part].emplace(entry.tag, entry.low);
}

void KeyIndex::fill_beside(std::span<const Beside> entries) {
    for (const Beside& entry : entries) {
        beside_.emplace(Prefix{static_cast<std::uint8_t>(entry.part), entry.tag}, entry.sequence);
    }
}

}  // namespace chathook::keys
