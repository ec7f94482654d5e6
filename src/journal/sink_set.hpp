// Sinks by their numbers, and sets of them: where an event is routed to. Plain values; any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include <boost/container/small_vector.hpp>

namespace chathook::journal {

// A sink's number in the journal, from 0 without a gap; a name keeps its number for ever.
using SinkNumber = std::uint32_t;

// Ascending, each once. Most sets have few sinks: six need no memory of their own.
class SinkSet {
public:
    SinkSet() = default;
    SinkSet(std::initializer_list<SinkNumber> sinks) {
        for (const SinkNumber sink : sinks) insert(sink);
    }

    void insert(SinkNumber sink) {
        const auto place = std::lower_bound(sinks_.begin(), sinks_.end(), sink);
        if (place == sinks_.end() || *place != sink) sinks_.insert(place, sink);
    }
    void insert(const SinkSet& others) {
        for (const SinkNumber sink : others) insert(sink);
    }

    bool contains(SinkNumber sink) const noexcept {
        return std::binary_search(sinks_.begin(), sinks_.end(), sink);
    }
    bool empty() const noexcept { return sinks_.empty(); }
    std::size_t size() const noexcept { return sinks_.size(); }
    const SinkNumber* begin() const noexcept { return sinks_.data(); }
    const SinkNumber* end() const noexcept { return sinks_.data() + sinks_.size(); }

    friend bool operator==(const SinkSet&, const SinkSet&) = default;
    friend bool operator<(const SinkSet& a, const SinkSet& b) { return a.sinks_ < b.sinks_; }

private:
    boost::container::small_vector<SinkNumber, 6> sinks_;
};

}  // namespace chathook::journal
