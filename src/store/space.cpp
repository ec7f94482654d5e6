#include "store/space.hpp"

#include <algorithm>

#include "disk/disk_error.hpp"
#include "disk/files.hpp"
#include "store/schema.hpp"

namespace chathook::store {
namespace {

constexpr std::chrono::milliseconds room_look_interval{100};
constexpr std::chrono::seconds ran_out_pause{1};

// Pages that are free inside the database count as free disk, but the log has to grow outside of it.
constexpr std::uint64_t log_room = 2 * log_bytes_kept;

// If so much is free inside, only the log has to fit outside, and most of it exists already.
constexpr std::uint64_t reusable_ample = 2 * log_bytes_kept;

std::uint64_t read(Statement& statement) {
    Rows rows = statement.run();
    return rows.next() ? rows.number(0) : 0;
}

}  // namespace

Space::Space(Database& database, const JournalSettings& settings, JournalMetrics& metrics)
    : directory_(settings.directory),
      min_free_disk_(settings.min_free_disk),
      least_free_(std::min(std::max(settings.min_free_disk, settings.ballast_bytes / 2), log_room)),
      max_size_(settings.max_size),
      metrics_(metrics),
      pages_(database, "PRAGMA page_count"),
      free_pages_(database, "PRAGMA freelist_count") {}

const std::optional<std::string>& Space::trouble(std::chrono::steady_clock::time_point now) {
    if (now >= next_look_) {
        next_look_ = now + room_look_interval;
        trouble_ = look();
    }
    return trouble_;
}

void Space::ran_out(std::chrono::steady_clock::time_point now, const std::string& reason) {
    next_look_ = now + ran_out_pause;
    trouble_ = "the journal could not be written: " + reason;
}

std::optional<std::string> Space::look() {
    const std::uint64_t pages = read(pages_);
    const std::uint64_t reusable = reusable_ = read(free_pages_) * page_bytes;
    const std::uint64_t size = pages * page_bytes;
    const std::uint64_t used = size - std::min(size, reusable);
    metrics_.set_bytes(size, used);
    if (used >= max_size_) {
        return "the journal has reached journal.max_size of " + disk::mebibytes(max_size_);
    }
    // If the process may not write larger files, the database has to stop growing before SQLite fails.
    const std::uint64_t limit = disk::file_size_limit();
    if (used + std::min(limit / 4, log_bytes_kept) >= limit) {
        return "the journal's database has reached " + disk::mebibytes(size) +
               ": the limit on the size of a file is " + disk::mebibytes(limit) + " (ulimit -f, LimitFSIZE=)";
    }
    const auto told = disk::free_bytes(directory_);
    // If the free space is unknown, events are not refused: a disk that is really full fails at the commit.
    if (!told) return std::nullopt;
    const std::uint64_t free = *told;
    metrics_.set_disk_free(free);
    if (free + reusable < min_free_disk_ ||
        free < (reusable < reusable_ample ? least_free_ : least_free_ / 2)) {
        return "the journal's disk has " + disk::mebibytes(free) +
               " free, less than journal.min_free_disk of " + disk::mebibytes(min_free_disk_);
    }
    return std::nullopt;
}

}  // namespace chathook::store
