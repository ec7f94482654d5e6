// Compares the files of a file sink, line by line, with what the journal says was delivered to it. For
// `chathookd verify-journal --sink-file`. Performs no I/O; needs about a hundred bytes per line. One thread.
//
// A line may be older than all events in the journal, and a rotated file may be gone; neither is damage. So a
// delivered event counts as missing only if the files reach back beyond it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chathook::inspection {

class SinkLines {
public:
    // The number of faults of one kind, and the positions of the first ones.
    struct Findings {
        static constexpr std::size_t first_max = 20;
        std::uint64_t count = 0;
        std::vector<std::uint64_t> first;
        void add(std::uint64_t place);
    };
    struct Report {
        std::uint64_t lines = 0;
        std::uint64_t as_delivered = 0;  // equal to the journal's event, byte for byte
        std::uint64_t rebuilt = 0;       // of these, those from which the signed bytes can be rebuilt:
                                         // all but lines of 0.1 that differ from their bodies
        std::uint64_t unknown = 0;       // complete events that the journal no longer has
        Findings damaged;                // lines that are not an event
        Findings different;              // lines that differ from the delivered event
        Findings missing;                // sequences that were delivered but are in no line
        bool is_damaged() const { return damaged.count + different.count + missing.count > 0; }
    };

    // Adds the next line, without its line feed; oldest file first. Lines are numbered from 1.
    void add(std::string_view line);

    // Adds an event of the journal, in sequence order: its `id`, its `json` as delivered, and the accepted
    // bytes.
    void compare(std::uint64_t sequence, const std::string& id, std::string_view json,
                 std::string_view accepted, bool delivered);

    // To be called after all lines and events were added.
    Report report() const;

private:
    struct Line {
        std::uint64_t number = 0;
        std::size_t hash = 0;
        bool known = false;  // the journal has the event
    };
    std::unordered_multimap<std::string, Line> lines_;
    std::vector<std::uint64_t> not_there_;  // sequences, ascending
    std::uint64_t first_found_ = 0;         // the lowest sequence found in a line; 0: none
    std::uint64_t first_known_line_ = 0;
    Report report_;
};

}  // namespace chathook::inspection
