// Sinks by their numbers, and sets of them: where an event is routed to. Plain values; any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace chathook::journal {

// A sink's number in the journal, from 0 without a gap; a name keeps its number for ever.
using SinkNumber = std::uint32_t;

// Ascending, each once. A copy shares its numbers, which never change, because every event has one on its way
// through the journal: inserting makes new ones.
class SinkSet {
public:
    SinkSet() = default;
    SinkSet(std::initializer_list<SinkNumber> sinks) {
        for (const SinkNumber sink : sinks) insert(sink);
    }

    void insert(SinkNumber sink) {
        if (contains(sink)) return;
        auto sinks = std::make_shared<std::vector<SinkNumber>>();
        sinks->reserve(size() + 1);
        sinks->assign(begin(), end());
        sinks->insert(std::lower_bound(sinks->begin(), sinks->end(), sink), sink);
        sinks_ = std::move(sinks);
    }
    void insert(const SinkSet& others) {
        if (empty()) {
            sinks_ = others.sinks_;
            return;
        }
        for (const SinkNumber sink : others) insert(sink);
    }

    bool contains(SinkNumber sink) const noexcept { return std::binary_search(begin(), end(), sink); }
    bool empty() const noexcept { return sinks_ == nullptr; }
    std::size_t size() const noexcept { return sinks_ == nullptr ? 0 : sinks_->size(); }
    const SinkNumber* begin() const noexcept { return sinks_ == nullptr ? nullptr : sinks_->data(); }
    const SinkNumber* end() const noexcept { return begin() + size(); }

    friend bool operator==(const SinkSet& a, const SinkSet& b) noexcept {
        return a.sinks_ == b.sinks_ || std::equal(a.begin(), a.end(), b.begin(), b.end());
    }
    friend bool operator<(const SinkSet& a, const SinkSet& b) noexcept {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    std::shared_ptr<const std::vector<SinkNumber>> sinks_;  // null: none
};

}  // namespace chathook::journal
