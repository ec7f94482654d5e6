// The sets of sinks that lines of the ledger name by their numbers. A journal has as many as its
// configurations had combinations of routes. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "format/words.hpp"

namespace chathook::format {

// What a line says of where its event goes, in eight bytes.
struct Routes {
    std::uint64_t word = 0;
    // A bit for each of 64 sinks, as format 3 wrote it. Otherwise the lowest four bytes are the number of a
    // set; the others are 0.
    bool masked = false;

    std::uint32_t set() const noexcept { return static_cast<std::uint32_t>(word); }
};

class SinkSets {
public:
    // Number 0 is the set without a sink, which has no row.
    SinkSets() : sets_(1) { numbers_.emplace(SinkSet(), 0); }

    // Reads those rows that are not known yet. Returns the numbers of rows that are not as they were written;
    // they count as what they say. Throws SqliteError.
    std::vector<std::uint32_t> load(sqlite3* database);

    bool knows(Routes routes) const noexcept { return routes.masked || routes.set() < sets_.size(); }

    // False for a set that is not known.
    bool contains(Routes routes, SinkNumber sink) const noexcept {
        if (routes.masked) return sink < 64 && ((routes.word >> sink) & 1) != 0;
        if (routes.set() >= sets_.size()) return false;
        const std::vector<bool>& members = sets_[routes.set()].members;
        return sink < members.size() && members[sink];
    }

    // Calls `visit` with each sink, in ascending order.
    template <class Visit>
    void each(Routes routes, const Visit& visit) const {
        if (routes.masked) {
            for (SinkNumber sink = 0; sink < 64; ++sink) {
                if (contains(routes, sink)) visit(sink);
            }
        } else if (routes.set() < sets_.size()) {
            for (const SinkNumber sink : sets_[routes.set()].sinks) visit(sink);
        }
    }

    // For the writer: the number of a set, which is the next one if `sinks` is new; then `write(number)` is
    // called.
    template <class Write>
    std::uint32_t number_of(const SinkSet& sinks, const Write& write) {
        if (const auto known = numbers_.find(sinks); known != numbers_.end()) return known->second;
        const auto number = static_cast<std::uint32_t>(sets_.size());
        write(number);
        add(sinks);
        return number;
    }

    // A line names this set, which has no row: its number is not given out, because the line's event would go
    // to whatever the new set has. Numbers far beyond the others, from a damaged line, are left as they are.
    // Returns the numbers that are known from now on, as sets without a sink.
    std::vector<std::uint32_t> reserve(std::uint32_t number);

    const SinkSet& sinks(std::uint32_t number) const { return sets_[number].sinks; }

    // Goes back to the sets that there were when it had this size: those behind them were rolled back.
    std::size_t size() const noexcept { return sets_.size(); }
    void shrink(std::size_t size);

private:
    struct Known {
        SinkSet sinks;
        std::vector<bool> members;  // by number
    };
    void add(const SinkSet& sinks);

    std::vector<Known> sets_;  // by number
    std::map<SinkSet, std::uint32_t> numbers_;
};

// A row of the table `sets`: its numbers in 4 bytes each, lowest byte first, and CRC-32C over its number, how
// many sinks it has, and their numbers.
std::string set_bytes(const SinkSet& sinks);
std::uint32_t set_checksum(std::uint32_t number, const SinkSet& sinks);

// Adds the function routed_to(routed, masked, sink) to a connection that reads: whether a line's event goes
// to the sink. It knows what the table `sets` holds. Throws SqliteError.
void know_sink_sets(Database& database);

}  // namespace chathook::format
