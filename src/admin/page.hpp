// One page of what an order covers: read in pieces of journal::found_bytes_max, because an event may have
// megabytes. Desk's thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "journal/reader.hpp"
#include "support/clock.hpp"

namespace chathook::admin {

// Where a page ends, and the times of its first and last rows.
struct Page {
    std::uint64_t after = 0;
    bool more = false;
    std::optional<Instant> oldest;
    std::optional<Instant> newest;

    void write_into(nlohmann::ordered_json& json) const {
        if (oldest) json["oldest"] = to_rfc3339(*oldest);
        if (newest) json["newest"] = to_rfc3339(*newest);
        json["after"] = after;
        json["more"] = more;
    }
};

inline std::pair<std::uint64_t, Instant> place_of(const journal::Reader::Row& row) {
    return {row.sequence, row.event->received};
}
inline std::pair<std::uint64_t, Instant> place_of(const journal::DeadLetter& letter) {
    return {letter.sequence, letter.at};
}
inline std::pair<std::uint64_t, Instant> place_of(const journal::RecordedRejection& row) {
    return {row.number, row.rejection.received};
}

// Passes on the rows behind page.after, at most `limit` and none behind `up_to`, so that rows added meanwhile
// are not included. `read` returns up to `count` of them from `after` on, or fewer and says so.
template <class Read, class Take>
Result<void> read_page(Page& page, std::size_t limit, std::uint64_t up_to, const Read& read,
                       const Take& take) {
    page.more = true;
    for (std::size_t taken = 0; taken < limit;) {
        const auto found = read(page.after, limit - taken);
        if (!found) return found.error();
        for (const auto& row : *found) {
            const auto [number, time] = place_of(row);
            if (number > up_to) {
                page.more = false;
                return {};
            }
            page.after = number;
            if (!page.oldest) page.oldest = time;
            page.newest = time;
            take(row);
        }
        taken += found->size();
        page.more = found->more && found->passed < up_to;
        if (!page.more) return {};
        page.after = found->passed;
    }
    return {};
}

}  // namespace chathook::admin
