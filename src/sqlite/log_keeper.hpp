// Decides when SQLite's write-ahead log is checkpointed into the database: in small steps while nobody waits,
// because new events wait meanwhile. Also handles a log that outgrew the disk, lost its name or was left by
// an earlier process. Writer thread only; throws SqliteError.
#pragma once

#include <chrono>
#include <functional>

#include "sqlite/sqlite.hpp"

namespace chathook::sqlite {

// Commits in the log cannot be read any more.
class LogOverwritten final : public SqliteError {
public:
    using SqliteError::SqliteError;
};

class LogKeeper {
public:
    // `left`: an earlier process's log is not in the database yet, because there was no room. `patience`: the
    // connection's busy timeout.
    // `before_emptying` is called before the log's file may become empty.
    LogKeeper(
        Database& database, bool left, std::chrono::milliseconds patience,
        std::function<void()> before_emptying = [] {});
    LogKeeper(const LogKeeper&) = delete;
    LogKeeper& operator=(const LogKeeper&) = delete;

    // Whether `left` still holds. While it does, no event is accepted: pages whose sync failed may exist in
    // memory only.
    bool left() const noexcept { return left_; }

    // Call this while events keep coming.
    void keep_up();

    // Call this when idle; false when there was nothing to checkpoint.
    bool tidy();

    // Call this once a second.
    void look();

    // A transaction found no room: its pages still take up room in the log's file, so the log is to be
    // emptied soon.
    void ran_out_of_room() noexcept;

    // Checkpoints the log and truncates its file to nothing. False: a reader is in the way, for whom this
    // waits only briefly.
    bool truncate();

    // Like truncate(), for a stop, with the usual patience.
    bool empty();

    // Throws LogOverwritten, or SQLITE_IOERR_CORRUPTFS where the file is too short, unless all commits that
    // are in the log alone can be read: a checkpoint does not look at checksums, and would move what somebody
    // wrote over them into the database. Reads the whole log.
    void require_whole();

    // The log has lost its name, but it is still open and the database is in place: moves what was answered
    // into the database. False: that failed.
    bool rescue() noexcept;

private:
    int checkpoint(int mode);

    Database& database_;
    const std::function<void()> before_emptying_;
    const std::chrono::milliseconds patience_;
    int pages_ = 0;      // in the log, as reported by SQLite after each commit
    int checkpoint_at_;  // checkpoint when the log has this many pages and nobody waits
    bool left_;
    bool outgrown_ = false;  // a transaction that found no room has left its pages in the log's file
};

}  // namespace chathook::sqlite
