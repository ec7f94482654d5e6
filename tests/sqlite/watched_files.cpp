#include "sqlite/watched_files.hpp"

#include <utility>

#include "sqlite/sqlite.hpp"

namespace chathook::sqlite::test {

WatchedFiles* WatchedFiles::current = nullptr;

WatchedFiles::WatchedFiles(const char* name) {
    configure_sqlite();
    vfs_ = *sqlite3_vfs_find(nullptr);
    vfs_.zName = name;
    vfs_.pNext = nullptr;
    vfs_.xOpen = &open;
    sqlite3_vfs_register(&vfs_, 0);
    current = this;
}

WatchedFiles::~WatchedFiles() {
    sqlite3_vfs_unregister(&vfs_);
    current = nullptr;
}

std::vector<std::string> WatchedFiles::take() {
    std::vector<std::string> texts;
    for (const Call& call : std::exchange(calls_, {})) {
        const bool writes = call.what.ends_with("write");
        texts.push_back(call.what + (writes ? " " + std::to_string(call.size) : ""));
        if (!call.what.ends_with("sync")) texts.back() += " at " + std::to_string(call.offset);
    }
    return texts;
}

int WatchedFiles::open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
    sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    const int result = system->xOpen(system, name, file, flags, flags_out);
    const bool log = (flags & SQLITE_OPEN_WAL) != 0;
    if (result != SQLITE_OK || (!log && (flags & SQLITE_OPEN_MAIN_DB) == 0)) return result;
    current->original_[log] = file->pMethods;
    sqlite3_io_methods& methods = current->methods_[log];
    methods = *file->pMethods;
    methods.xWrite = &write;
    methods.xSync = &sync;
    methods.xTruncate = &truncate;
    file->pMethods = &methods;
    return SQLITE_OK;
}

bool WatchedFiles::is_log(sqlite3_file* file) { return file->pMethods == &current->methods_[1]; }

const sqlite3_io_methods* WatchedFiles::original(sqlite3_file* file) {
    return current->original_[is_log(file)];
}

int WatchedFiles::ask(Call call) {
    calls_.push_back(call);
    return judge ? judge(call) : SQLITE_OK;
}

int WatchedFiles::write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    const int verdict = current->ask({is_log(file) ? "log write" : "database write", offset, size});
    if (verdict == SQLITE_OK) return original(file)->xWrite(file, bytes, size, offset);
    if (current->tear) original(file)->xWrite(file, bytes, size / 2, offset);
    return verdict;
}

int WatchedFiles::sync(sqlite3_file* file, int flags) {
    const int verdict = current->ask({is_log(file) ? "log sync" : "database sync"});
    return verdict == SQLITE_OK && current->syncs ? original(file)->xSync(file, flags) : verdict;
}

int WatchedFiles::truncate(sqlite3_file* file, sqlite3_int64 size) {
    const int verdict = current->ask({is_log(file) ? "log truncate" : "database truncate", size});
    return verdict == SQLITE_OK ? original(file)->xTruncate(file, size) : verdict;
}

}  // namespace chathook::sqlite::test
