// The system's files under SQLite, with a record of the calls for a database and its log, and a hook that can
// make them fail. One at a time.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <string>
#include <vector>

namespace chathook::sqlite::test {

class WatchedFiles {
public:
    struct Call {
        std::string what;  // "log write", "database sync"
        sqlite3_int64 offset = 0;
        int size = 0;
    };
    // SQLITE_OK: the call is passed to the system.
    using Judge = std::function<int(const Call&)>;

    explicit WatchedFiles(const char* name);
    ~WatchedFiles();
    WatchedFiles(const WatchedFiles&) = delete;
    WatchedFiles& operator=(const WatchedFiles&) = delete;

    sqlite3_vfs& vfs() noexcept { return vfs_; }

    // Writes, syncs and truncations since the last call, like "log write 4120 at 32".
    std::vector<std::string> take();

    Judge judge;
    bool syncs = true;  // false: syncs are only counted, which is quicker
    bool tear = false;  // a refused write still writes half of its bytes

private:
    static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out);
    static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset);
    static int sync(sqlite3_file* file, int flags);
    static int truncate(sqlite3_file* file, sqlite3_int64 size);
    static bool is_log(sqlite3_file* file);
    static const sqlite3_io_methods* original(sqlite3_file* file);
    int ask(Call call);

    static WatchedFiles* current;
    const sqlite3_io_methods* original_[2] = {nullptr, nullptr};  // of databases, of logs
    sqlite3_io_methods methods_[2] = {};
    sqlite3_vfs vfs_;
    std::vector<Call> calls_;
};

}  // namespace chathook::sqlite::test
