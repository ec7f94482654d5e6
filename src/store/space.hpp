// Whether there is room for more events: on the disk, and under the journal's own quota. Writer thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "sqlite/sqlite.hpp"
#include "store/words.hpp"
#include "support/metrics.hpp"

namespace chathook::store {

class Space {
public:
    Space(Database& database, const JournalSettings& settings, JournalMetrics& metrics);

    // Why there is no room, as a plain sentence; nothing if there is room. Checks at most every 100 ms, so
    // the limits may be exceeded by what is written in a tenth of a second.
    const std::optional<std::string>& trouble(std::chrono::steady_clock::time_point now);

    // Call this after SQLite ran out of space, for a `reason` such as "the disk is full": there is no room
    // for the next second, whatever the file system reports.
    void ran_out(std::chrono::steady_clock::time_point now, const std::string& reason);

    // The free bytes inside the database file at the last check: the file never shrinks, but its free pages
    // are used again.
    std::uint64_t reusable() const noexcept { return reusable_; }

private:
    std::optional<std::string> look();

    std::filesystem::path directory_;
    std::uint64_t min_free_disk_;
    std::uint64_t least_free_;  // outside of the database file, however much is free inside
    std::uint64_t max_size_;
    std::uint64_t reusable_ = 0;
    JournalMetrics& metrics_;
    Statement pages_, free_pages_;
    std::optional<std::string> trouble_;
    std::chrono::steady_clock::time_point next_look_{};
};

}  // namespace chathook::store
