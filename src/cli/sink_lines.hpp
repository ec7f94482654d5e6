// What stands in the files of a file sink, line by line, against what the journal says was delivered to it.
// For `chathookd verify-journal --sink-file`. Pure but for memory: about a hundred bytes a line. One thread.
//
// A line can be older than all that the journal still has, and a rotated file may be gone; neither is damage.
// So an event that was delivered counts as missing only where the files reach back beyond it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chathook::cli {

class SinkLines {
public:
    // Some places at which something is wrong, and how many there are.
    struct Findings {
        static constexpr std::size_t first_max = 20;
        std::uint64_t count = 0;
        std::vector<std::uint64_t> first;
        void add(std::uint64_t place);
    };
    struct Report {
        std::uint64_t lines = 0;
        std::uint64_t as_delivered = 0;  // equal to the journal's event, byte for byte
        std::uint64_t unknown = 0;       // whole events that the journal no longer has
        Findings damaged;                // lines that are no event
        Findings different;              // lines that are not the event that was delivered
        Findings missing;                // sequences that were delivered and are not there
        bool is_damaged() const { return damaged.count + different.count + missing.count > 0; }
    };

    // The next line, without its line feed; oldest file first. Lines are counted from 1.
    void add(std::string_view line);

    // An event that the journal has, in the order of the sequences; its `id` and its `json` as delivered.
    void compare(std::uint64_t sequence, const std::string& id, std::string_view json, bool delivered);

    // After everything.
    Report report() const;

private:
    struct Line {
        std::uint64_t number = 0;
        std::size_t hash = 0;
        bool known = false;  // the journal has the event
    };
    std::unordered_multimap<std::string, Line> lines_;
    std::vector<std::uint64_t> not_there_;  // sequences, ascending
    std::uint64_t first_found_ = 0;         // the lowest sequence that stands in a line; 0: none
    std::uint64_t first_known_line_ = 0;
    Report report_;
};

}  // namespace chathook::cli
