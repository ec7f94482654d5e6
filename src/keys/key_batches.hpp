// How many keys get into the index at once, at the start. One thread only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "keys/key_index.hpp"

namespace chathook::keys {

// Keys on their way into the index, which takes those of one part one after the other: in between other work
// each of them would wait for memory that no cache holds. Takes 2 MiB, in one piece, which the allocator
// gives back.
class KeyBatches {
public:
    template <class Add>
    void add(KeyIndex::Prefix prefix, std::uint64_t sequence, const Add& add) {
        keys_[prefix.part * batch_keys + sizes_[prefix.part]] = {sequence, prefix.tag};
        if (++sizes_[prefix.part] == batch_keys) empty(prefix.part, add);
    }
    template <class Add>
    void add_rest(const Add& add) {
        for (std::size_t part = 0; part < KeyIndex::parts; ++part) empty(part, add);
    }

private:
    static constexpr std::size_t batch_keys = 512;
    struct Key {
        std::uint64_t sequence;
        std::uint32_t tag;
    };
    template <class Add>
    void empty(std::size_t part, const Add& add) {
        const std::size_t size = std::exchange(sizes_[part], 0);
        for (const Key& key : std::span(keys_).subspan(part * batch_keys, size))
            add({static_cast<std::uint8_t>(part), key.tag}, key.sequence);
    }
    std::vector<Key> keys_ = std::vector<Key>(KeyIndex::parts * batch_keys);
    std::array<std::size_t, KeyIndex::parts> sizes_{};
};

}  // namespace chathook::keys
