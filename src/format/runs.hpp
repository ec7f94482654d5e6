// Which events are settled for one sink: runs of sequences. Every event of a run is settled for the sink or
// was not routed to it; runs neither touch nor overlap, and the first one begins with 0. A sink that settles
// in order has one run, and a sink that is stuck at one event has two. The writer's thread only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/words.hpp"

namespace chathook::format {

class Runs {
public:
    // One run, from 0 to `cursor`.
    explicit Runs(std::uint64_t cursor = 0) : runs_{{0, cursor}} {}

    // A run as it stands in the database, in ascending order. One that overlaps or touches another is joined
    // with it, and is a change to write down.
    void load(std::uint64_t first, std::uint64_t last);

    // Everything up to here is settled.
    std::uint64_t cursor() const noexcept { return runs_.begin()->second; }
    std::size_t size() const noexcept { return runs_.size(); }
    bool contains(std::uint64_t sequence) const noexcept { return end_of(sequence).has_value(); }

    // The last sequence of the run that contains `sequence`; nothing: none does.
    std::optional<std::uint64_t> end_of(std::uint64_t sequence) const noexcept;

    // Calls `visit(first, last)` with what is in no run, up to `newest`, in ascending order.
    template <class Visit>
    void each_gap(std::uint64_t newest, const Visit& visit) const {
        std::uint64_t from = 0;
        for (const auto& [first, last] : runs_) {
            if (first > from && from <= newest) visit(from, std::min(first - 1, newest));
            from = last + 1;
        }
        if (from <= newest) visit(from, newest);
    }

    // Settles first to last. A change to write down.
    void add(std::uint64_t first, std::uint64_t last);

    // The runs that changed since the last call: `write(first, last)` for each that is there, `remove(first)`
    // for each that is not any more.
    template <class Write, class Remove>
    void take_changes(const Write& write, const Remove& remove) {
        for (const std::uint64_t first : changed()) {
            const auto run = runs_.find(first);
            if (run == runs_.end()) {
                remove(first);
            } else {
                write(first, run->second);
            }
        }
    }

    // All runs are changes to write down.
    void change_all();

    // begin() is where undo() goes back to.
    void begin() noexcept { undo_.clear(); }
    void undo();

private:
    struct Before {
        std::uint64_t first;
        std::optional<std::uint64_t> last;  // nothing: there was no such run
    };
    void note(std::uint64_t first);
    std::vector<std::uint64_t> changed();  // ascending, once each; then there are none

    std::map<std::uint64_t, std::uint64_t> runs_;  // first to last
    std::vector<Before> undo_;
    std::vector<std::uint64_t> changed_;
};

// CRC-32C over the sink and one run of it: a bit that flips in a run would skip events without a trace.
std::uint32_t run_checksum(SinkNumber sink, std::string_view name, std::uint64_t first, std::uint64_t last);

// A condition of SQL: `sequence` (a column) is in no run of the sink `sink` (a column or parameter).
std::string in_no_run(std::string_view sink, std::string_view sequence);

}  // namespace chathook::format
