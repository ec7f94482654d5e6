// One page of what an order is about: read a few rows at a time, because an event may have a megabyte. Admin
// thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "journal/journal.hpp"
#include "support/clock.hpp"

namespace chathook::admin {

// Where a page ends, and from when its first and its last rows are.
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

// Hands over the rows behind page.after, `limit` at most and none behind `up_to`, so that what comes in
// meanwhile has no part in it. `read` answers up to `count` of them from `after` on.
template <class Read, class Take>
Result<void> read_page(Page& page, std::size_t limit, std::uint64_t up_to, const Read& read,
                       const Take& take) {
    constexpr std::size_t rows_at_once = 64;
    page.more = true;
    for (std::size_t taken = 0; taken < limit;) {
        const std::size_t count = std::min(limit - taken, rows_at_once);
        const auto rows = read(page.after, count);
        if (!rows) return rows.error();
        for (const auto& row : *rows) {
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
        taken += rows->size();
        if (rows->size() < count) {
            page.more = false;
            return {};
        }
    }
    return {};
}

}  // namespace chathook::admin
