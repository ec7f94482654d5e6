// A layer between SQLite and the system's files (SQLite's word: VFS) for the connection that writes. SQLite
// asks for two writes a page of its log and for one a page of the database, each a system call. Here they are
// kept until they have to be in the file, and what is contiguous is written at once. Zeroes the unallocated
// middle of the database's pages on the way (scrub.hpp). Used by the thread of the connection.
//
// The log's frames are kept until SQLite syncs, reads, measures or cuts the log, or writes elsewhere in it.
// With synchronous=FULL a commit is synced before other connections can look for it, so they never look for
// what is only here; with less it is written before it is published. A rollback throws away what is left.
//
// The database's pages are kept within a checkpoint only, and only within one that moves the whole log:
// SQLite ends that by cutting and syncing the database, which can still say that a page was not written. One
// that readers cut short ends without either, so there each page is written by itself.
//
// A write that fails late is reported by the call that needed it, with the code that it would have had by
// itself, and is never tried again. After one in the log all calls of the transaction fail, for SQLite may
// count on earlier frames of it; so it can only be rolled back.
#pragma once

#include <sqlite3.h>

namespace chathook::journal {

class WriteCombining {
public:
    // Registers itself under `name`, which has to outlive it. Its files are `inner`'s. One that no database
    // has open may go.
    WriteCombining(const char* name, sqlite3_vfs& inner);
    ~WriteCombining();
    WriteCombining(const WriteCombining&) = delete;
    WriteCombining& operator=(const WriteCombining&) = delete;

private:
    struct Registered : sqlite3_vfs {
        sqlite3_vfs* inner;
    };
    static int open(sqlite3_vfs* self, const char* name, sqlite3_file* place, int flags, int* flags_out);

    Registered registered_{};
};

// The name of the one over the system's own files.
const char* write_combining_vfs();

}  // namespace chathook::journal
