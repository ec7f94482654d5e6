#include "store/key_index.hpp"

#include <algorithm>
#include <cstring>

namespace chathook::store {

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

}  // namespace chathook::store
