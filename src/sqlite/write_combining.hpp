// A layer between SQLite and the system's files (a VFS) for the connection that writes. SQLite writes twice
// for each page of its log and once for each page of the database, each time with a system call. Here the
// writes are held until they must be in the file, and contiguous ones are written together. The unallocated
// middle of the database's pages is zeroed on the way (scrub.hpp). Used by the connection's thread.
//
// The log's frames are held until SQLite syncs, reads, measures or truncates the log, or writes elsewhere in
// it. With synchronous=FULL a commit is synced before other connections can look for it, so they never look
// for held frames; with less it is written before it is published. A rollback discards what is held.
//
// The database's pages are held only within a checkpoint, and only within one that moves the whole log:
// SQLite ends that by truncating and syncing the database, which can still report that a page was not
// written. A checkpoint that readers cut short ends without either, so its pages are written one by one.
//
// All of this relies on the order in which SQLite calls its files, which is not a documented interface. With
// a version that is not in `combined_versions` each write goes to the file at once; unallocated bytes are
// still zeroed.
//
// A write that would leave a hole in the log, and a checkpoint of more frames than the log has, fail with
// SQLITE_IOERR_CORRUPTFS: the log was truncated from outside.
//
// A write that fails late is reported by the call that needed it, with the code of the write itself, and is
// never retried. After a failure in the log all calls of the transaction fail, because SQLite may rely on
// earlier frames of it; it can only be rolled back.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace chathook::sqlite {

// As sqlite3_libversion_number() returns them. A version is added after the tests of tests/sqlite and
// tests/faults passed with it.
inline constexpr std::array combined_versions{3'040'001};  // Debian 12

inline bool combines_with(int version) noexcept {
    return std::ranges::find(combined_versions, version) != combined_versions.end();
}

class WriteCombining {
public:
    // Registers a VFS under `name`, which must outlive it, on top of `inner`. May be destroyed when no
    // database has it open. Without `combines` each write goes to the file at once.
    WriteCombining(const char* name, sqlite3_vfs& inner,
                   bool combines = combines_with(sqlite3_libversion_number()));
    ~WriteCombining();
    WriteCombining(const WriteCombining&) = delete;
    WriteCombining& operator=(const WriteCombining&) = delete;

private:
    struct Registered : sqlite3_vfs {
        sqlite3_vfs* inner;
        bool combines;
    };
    static int open(sqlite3_vfs* self, const char* name, sqlite3_file* place, int flags, int* flags_out);

    Registered registered_{};
};

// The name of the VFS on top of the system's own.
const char* write_combining_vfs();

}  // namespace chathook::sqlite
