#include "sqlite/log_keeper.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "disk/recovery.hpp"
#include "disk/scrub.hpp"
#include "disk/wal_scan.hpp"
#include "support/file_descriptor.hpp"

namespace chathook::sqlite {
namespace {

using std::chrono::steady_clock;

// The log is checkpointed when it exceeds the first size and nobody waits, or in any case at the second. Both
// are small, because incoming events wait meanwhile: one mebibyte takes two milliseconds, most of them for
// the sync, sixteen take thirty; and because a damaged frame loses all that follow it.
constexpr int pages_soft = (1 << 20) / disk::page_bytes;
constexpr int pages_busy = (5 << 18) / disk::page_bytes;
constexpr int pages_hard = (16 << 20) / disk::page_bytes;  // from here on, wait for readers

constexpr std::chrono::milliseconds truncate_patience{50};  // for readers, while everybody waits
constexpr std::chrono::seconds rescue_patience{2};          // for readers of a log that was removed

int count_pages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

struct FrameCounts {
    std::uint32_t in_log, moved;
};

// sqlite.org/walformat.html, section 2.1: mxFrame and nBackfill, in the byte order of this machine. Nothing
// where the index is not in a file.
std::optional<FrameCounts> counts_in_index(const std::string& file) {
    constexpr off_t in_log_at = 16, moved_at = 96;
    const Descriptor index(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    FrameCounts counts{};
    if (!index ||
        ::pread(index.get(), &counts.in_log, sizeof counts.in_log, in_log_at) != sizeof counts.in_log ||
        ::pread(index.get(), &counts.moved, sizeof counts.moved, moved_at) != sizeof counts.moved)
        return std::nullopt;
    return counts;
}

bool is_busy(int result) noexcept { return (result & 0xff) == SQLITE_BUSY; }

}  // namespace

LogKeeper::LogKeeper(Database& database, bool left, std::chrono::milliseconds patience,
                     std::function<void()> before_emptying)
    : database_(database),
      before_emptying_(std::move(before_emptying)),
      patience_(patience),
      checkpoint_at_(pages_soft),
      left_(left) {
    sqlite3_wal_hook(database_.handle(), &count_pages, &pages_);
}

void LogKeeper::keep_up() {
    if (pages_ < std::max(pages_busy, checkpoint_at_)) return;
    checkpoint(pages_ < pages_hard ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART);
}

bool LogKeeper::tidy() {
    if (pages_ < checkpoint_at_) return false;
    checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    return true;
}

void LogKeeper::look() {
    if (left_) {
        int in_log = 0, moved = 0;
        const int result = sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                                     &in_log, &moved);
        if (result != SQLITE_OK && !is_busy(result)) database_.check(result);
        left_ = result != SQLITE_OK || moved != in_log;
    }
    if (outgrown_) outgrown_ = !truncate();
}

void LogKeeper::ran_out_of_room() noexcept {
    checkpoint_at_ = 1;
    outgrown_ = true;
}

bool LogKeeper::truncate() {
    struct Patience {
        sqlite3* handle;
        std::chrono::milliseconds usual;
        ~Patience() { sqlite3_busy_timeout(handle, static_cast<int>(usual.count())); }
    };
    const Patience usual{database_.handle(), patience_};
    sqlite3_busy_timeout(database_.handle(), static_cast<int>(truncate_patience.count()));
    return empty();
}

bool LogKeeper::empty() {
    before_emptying_();
    return checkpoint(SQLITE_CHECKPOINT_TRUNCATE) == SQLITE_OK;
}

// SQLite's index counts the commits of other programs too.
void LogKeeper::require_whole() {
    const std::string file = sqlite3_db_filename(database_.handle(), "main");
    const auto counts = counts_in_index(file + "-shm");
    if (!counts || counts->moved >= counts->in_log) return;
    std::uint64_t whole = 0;
    try {
        whole = disk::scan_log(file).frames;
    } catch (const std::exception& error) {
        throw SqliteError(SQLITE_IOERR_READ, error.what());
    }
    if (whole >= counts->in_log) return;
    constexpr std::uint64_t frame_bytes = disk::WalScan::frame_header_bytes + disk::page_bytes;
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(disk::log_of(file), error);
    if (error || bytes < disk::WalScan::header_bytes + counts->in_log * frame_bytes)
        throw SqliteError(SQLITE_IOERR_CORRUPTFS, "the journal's log was cut");
    throw LogOverwritten(SQLITE_CORRUPT, "of the " + std::to_string(counts->in_log) +
                                             " frames of the journal's log only " + std::to_string(whole) +
                                             " are as they were written");
}

bool LogKeeper::rescue() noexcept {
    const auto started = steady_clock::now();
    do {
        int in_log = 0, moved = 0;
        const int result =
            sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, SQLITE_CHECKPOINT_FULL, &in_log, &moved);
        if (result == SQLITE_OK && moved == in_log) return true;
        if (!is_busy(result)) return false;
    } while (steady_clock::now() - started < rescue_patience);
    return false;
}

// Returns SQLITE_OK, or SQLITE_BUSY if a reader was in the way.
int LogKeeper::checkpoint(int mode) {
    int in_log = 0;
    int moved = 0;
    const int result = sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, mode, &in_log, &moved);
    if (result != SQLITE_OK && !is_busy(result)) database_.check(result);
    if (result == SQLITE_OK && moved == in_log) {
        // The next commit restarts the log; until it reports the new count there is nothing to do.
        pages_ = 0;
        checkpoint_at_ = pages_soft;
    } else {
        // A reader was in the way. Try again only when there is more to move.
        checkpoint_at_ = std::max(pages_, in_log) + pages_soft / 4;
    }
    return result;
}

}  // namespace chathook::sqlite
