#include "sqlite/write_combining.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "disk/scrub.hpp"
#include "disk/wal_scan.hpp"
#include "sqlite/held.hpp"
#include "sqlite/memory_index.hpp"
#include "sqlite/sqlite.hpp"
#include "support/file_descriptor.hpp"
#include "support/file_status.hpp"
#include "support/log.hpp"

namespace chathook::sqlite {
namespace {

// SQLite's index of the log, in words: sqlite.org/walformat.html, section 2.1.
constexpr std::size_t frames_in_log = 16 / 4;
constexpr std::size_t frames_to_move = 128 / 4;                      // by the checkpoint under way
constexpr std::size_t page_size = 14 / 2;                            // in half words; 1: 65,536
constexpr sqlite3_int64 log_head_bytes = 32, frame_head_bytes = 24;  // sections 1.1 and 1.2
constexpr int write_lock = 0;

// An open file as SQLite sees it; the system's own follows it in the same memory.
struct HeldFile : sqlite3_file {
    sqlite3_file* inner = nullptr;
    bool combines = true;
    Held held;
    int failed = SQLITE_OK;  // result of a failed late write, while SQLite may rely on it
    bool failed_for_good = false;
};

struct LogFile;

struct DatabaseFile : HeldFile {
    LogFile* log = nullptr;
    const volatile std::uint32_t* index = nullptr;
    bool keeps_pages = false;
    bool scrubs = true;
};

struct LogFile : HeldFile {
    DatabaseFile* database = nullptr;
    Descriptor place;  // O_PATH, to measure the file (disk/status.hpp)
};

constexpr std::size_t shim_bytes = (std::max(sizeof(DatabaseFile), sizeof(LogFile)) + 15) / 16 * 16;

HeldFile& file_of(sqlite3_file* file) noexcept { return *static_cast<HeldFile*>(file); }
DatabaseFile& database_of(sqlite3_file* file) noexcept { return *static_cast<DatabaseFile*>(file); }
LogFile& log_of(sqlite3_file* file) noexcept { return *static_cast<LogFile*>(file); }
sqlite3_file* inner_of(sqlite3_file* file) noexcept { return file_of(file).inner; }

// Called before any operation that must find in the file what was written.
int write_out(HeldFile& file) noexcept {
    if (file.failed == SQLITE_OK) file.failed = file.held.flush(*file.inner);
    return file.failed;
}

// Methods of both files.

int read_file(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
    HeldFile& ours = file_of(file);
    if (ours.failed != SQLITE_OK || ours.held.touches(size, offset)) {
        if (const int result = write_out(ours); result != SQLITE_OK) return result;
    }
    return ours.inner->pMethods->xRead(ours.inner, bytes, size, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    const int result = write_out(file_of(file));
    return result != SQLITE_OK ? result : inner_of(file)->pMethods->xTruncate(inner_of(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
    const int result = write_out(file_of(file));
    return result != SQLITE_OK ? result : inner_of(file)->pMethods->xSync(inner_of(file), flags);
}

int measure_file(sqlite3_file* file, sqlite3_int64* size) {
    const int result = write_out(file_of(file));
    return result != SQLITE_OK ? result : inner_of(file)->pMethods->xFileSize(inner_of(file), size);
}

int control_file(sqlite3_file* file, int operation, void* argument) {
    return inner_of(file)->pMethods->xFileControl(inner_of(file), operation, argument);
}

int lock_file(sqlite3_file* file, int level) {
    return inner_of(file)->pMethods->xLock(inner_of(file), level);
}

int unlock_file(sqlite3_file* file, int level) {
    return inner_of(file)->pMethods->xUnlock(inner_of(file), level);
}

int check_reserved_lock(sqlite3_file* file, int* reserved) {
    return inner_of(file)->pMethods->xCheckReservedLock(inner_of(file), reserved);
}

int sector_size(sqlite3_file* file) { return inner_of(file)->pMethods->xSectorSize(inner_of(file)); }

int characteristics(sqlite3_file* file) {
    return inner_of(file)->pMethods->xDeviceCharacteristics(inner_of(file));
}

// Methods of the log.

// SQLite writes each frame of the log behind the last one, so a log that ends before that was truncated from
// outside. A write would leave a hole in it, and a checkpoint would move the hole's zeros into the database.
int find_cut(LogFile& log, sqlite3_int64 offset) noexcept {
    if (const int result = write_out(log); result != SQLITE_OK) return result;
    struct stat found {};
    if (look_at(log.place.get(), found) != 0) return SQLITE_IOERR_FSTAT;
    return found.st_size < offset ? SQLITE_IOERR_CORRUPTFS : SQLITE_OK;
}

// For a SQLite whose ways are not known.
int write_at_once(LogFile& log, const void* bytes, int size, sqlite3_int64 offset) noexcept {
    const int result = log.held.add(*log.inner, bytes, size, offset);
    return result != SQLITE_OK ? result : log.held.flush(*log.inner);
}

int write_to_log(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    LogFile& log = log_of(file);
    if (!log.combines) return write_at_once(log, bytes, size, offset);
    if (log.failed == SQLITE_OK && !log.held.ends_at(offset)) log.failed = find_cut(log, offset);
    if (log.failed == SQLITE_OK) log.failed = log.held.add(*log.inner, bytes, size, offset);
    return log.failed;
}

int close_log(sqlite3_file* file) {
    LogFile& log = log_of(file);
    if (log.database != nullptr) log.database->log = nullptr;
    const int written = write_out(log);
    const int closed = log.inner->pMethods->xClose(log.inner);
    log.~LogFile();
    return written != SQLITE_OK ? written : closed;
}

// Methods of the database.

int write_to_database(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    DatabaseFile& database = database_of(file);
    if (database.failed != SQLITE_OK) return database.failed;
    const int result = database.held.add(*database.inner, bytes, size, offset);
    if (result != SQLITE_OK) return result;
    if (static_cast<std::uint64_t>(offset) >= disk::scrub_bytes_max) database.scrubs = false;
    // SQLite's own copy stays unchanged: checksums and later changes are based on it.
    const bool is_page = size == disk::page_bytes && offset % disk::page_bytes == 0;
    if (is_page && database.scrubs) disk::scrub(database.held.last(size), offset == 0);
    return database.keeps_pages ? SQLITE_OK : database.held.flush(*database.inner);
}

// A checkpoint that moves the whole log ends with this and a sync. If this fails, SQLite goes on using the
// log.
int truncate_database(sqlite3_file* file, sqlite3_int64 size) {
    const int result = truncate_file(file, size);
    if (!database_of(file).failed_for_good) database_of(file).failed = SQLITE_OK;
    return result;
}

// Whether a checkpoint would move only part of a transaction, which recovery would then discard.
bool log_was_cut(const DatabaseFile& database) noexcept {
    if (database.log == nullptr || database.index == nullptr) return false;
    const sqlite3_int64 told = reinterpret_cast<const volatile std::uint16_t*>(database.index)[page_size];
    const sqlite3_int64 frame = frame_head_bytes + (told == 1 ? 65536 : told);
    struct stat log {};
    return look_at(database.log->place.get(), log) == 0 &&
           log.st_size < log_head_bytes + database.index[frames_to_move] * frame;
}

int control_database(sqlite3_file* file, int operation, void* argument) {
    DatabaseFile& database = database_of(file);
    if (!database.combines) return control_file(file, operation, argument);
    if (operation == SQLITE_FCNTL_CKPT_START) {
        // A late write failed unseen (below), so SQLite believes that missing pages are checkpointed.
        if (database.failed != SQLITE_OK) database.failed_for_good = true;
        if (database.failed_for_good) database.failed = SQLITE_IOERR_WRITE;
        if (log_was_cut(database)) {
            database.failed_for_good = true;
            database.failed = SQLITE_IOERR_CORRUPTFS;
        }
        database.keeps_pages =
            database.index != nullptr && database.index[frames_in_log] == database.index[frames_to_move];
    }
    if (operation == SQLITE_FCNTL_CKPT_DONE) {
        // Truncating the database comes next and reports it, unless another program just added to the log.
        database.keeps_pages = false;
        write_out(database);
    }
    return control_file(file, operation, argument);
}

int map_index(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
    sqlite3_file* inner = inner_of(file);
    const int result = inner->pMethods->xShmMap(inner, region, size, extend, memory);
    if (region == 0 && result == SQLITE_OK) {
        database_of(file).index = static_cast<const volatile std::uint32_t*>(*memory);
    }
    return result;
}

int lock_index(sqlite3_file* file, int from, int count, int flags) {
    LogFile* log = database_of(file).log;
    const bool ends = from == write_lock && flags == (SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
    if (ends && log != nullptr) {
        // Committed frames are written by now; what is still held was rolled back.
        log->held.drop();
        if (!log->failed_for_good) log->failed = SQLITE_OK;
    }
    return inner_of(file)->pMethods->xShmLock(inner_of(file), from, count, flags);
}

// SQLite publishes a commit with this call.
void publish_index(sqlite3_file* file) {
    LogFile* log = database_of(file).log;
    // Only a commit without a sync has frames left, and SQLite ignores errors here.
    if (log != nullptr && !log->held.empty() && write_out(*log) != SQLITE_OK) log->failed_for_good = true;
    inner_of(file)->pMethods->xShmBarrier(inner_of(file));
}

int unmap_index(sqlite3_file* file, int remove) {
    database_of(file).index = nullptr;
    return inner_of(file)->pMethods->xShmUnmap(inner_of(file), remove);
}

int close_database(sqlite3_file* file) {
    DatabaseFile& database = database_of(file);
    if (database.log != nullptr) database.log->database = nullptr;
    const int written = write_out(database);
    const int closed = database.inner->pMethods->xClose(database.inner);
    database.~DatabaseFile();
    return written != SQLITE_OK ? written : closed;
}

// Version 2: SQLite does not memory-map the file, so it cannot miss bytes that are only held.
constexpr sqlite3_io_methods log_methods{2,
                                         close_log,
                                         read_file,
                                         write_to_log,
                                         truncate_file,
                                         sync_file,
                                         measure_file,
                                         lock_file,
                                         unlock_file,
                                         check_reserved_lock,
                                         control_file,
                                         sector_size,
                                         characteristics,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr};
constexpr sqlite3_io_methods database_methods{2,
                                              close_database,
                                              read_file,
                                              write_to_database,
                                              truncate_database,
                                              sync_file,
                                              measure_file,
                                              lock_file,
                                              unlock_file,
                                              check_reserved_lock,
                                              control_database,
                                              sector_size,
                                              characteristics,
                                              map_index,
                                              lock_index,
                                              publish_index,
                                              unmap_index,
                                              nullptr,
                                              nullptr};

// Opens the file in the memory that SQLite provides, with the system's own file behind it.
template <class Kind>
int open_as(const sqlite3_io_methods& methods, sqlite3_file* place, sqlite3_vfs& vfs, const char* name,
            int flags, int* flags_out, Kind** opened) {
    place->pMethods = nullptr;  // nothing to close yet
    auto* inner = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(place) + shim_bytes);
    inner->pMethods = nullptr;
    int result = vfs.xOpen(&vfs, name, inner, flags, flags_out);
    auto* file = new (place) Kind;
    if (result == SQLITE_OK && !file->held.prepare()) result = SQLITE_NOMEM;
    if (result != SQLITE_OK) {
        if (inner->pMethods != nullptr) inner->pMethods->xClose(inner);
        file->~Kind();
        place->pMethods = nullptr;
        return result;
    }
    file->inner = inner;
    file->pMethods = &methods;
    *opened = file;
    return SQLITE_OK;
}

// Whether the library is one of those that writes are kept back from.
bool note_version() {
    const bool combines = combines_with(sqlite3_libversion_number());
    if (!combines) log(LogLevel::info, "sqlite_version_not_tested", {{"version", sqlite3_libversion()}});
    return combines;
}

}  // namespace

WriteCombining::WriteCombining(const char* name, sqlite3_vfs& inner, bool combines) {
    static_cast<sqlite3_vfs&>(registered_) = inner;
    registered_.inner = &inner;
    registered_.combines = combines;
    registered_.pNext = nullptr;
    registered_.zName = name;
    registered_.szOsFile = static_cast<int>(shim_bytes) + inner.szOsFile;
    registered_.xOpen = &open;
    sqlite3_vfs_register(&registered_, 0);
}

WriteCombining::~WriteCombining() { sqlite3_vfs_unregister(&registered_); }

int WriteCombining::open(sqlite3_vfs* self, const char* name, sqlite3_file* place, int flags,
                         int* flags_out) {
    const Registered& ours = *static_cast<Registered*>(self);
    sqlite3_vfs& inner = *ours.inner;
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
        DatabaseFile* database = nullptr;
        const int result = open_as(database_methods, place, inner, name, flags, flags_out, &database);
        if (result != SQLITE_OK) return result;
        database->combines = ours.combines;
        sqlite3_int64 size = 0;
        database->inner->pMethods->xFileSize(database->inner, &size);
        database->scrubs = static_cast<std::uint64_t>(size) < disk::scrub_bytes_max;
        return SQLITE_OK;
    }
    if ((flags & SQLITE_OPEN_WAL) != 0) {
        LogFile* log = nullptr;
        const int result = open_as(log_methods, place, inner, name, flags, flags_out, &log);
        if (result != SQLITE_OK) return result;
        log->combines = ours.combines;
        log->place = Descriptor(::open(name, O_PATH | O_CLOEXEC));
        log->database = &database_of(sqlite3_database_file_object(name));
        log->database->log = log;
        return SQLITE_OK;
    }
    return inner.xOpen(&inner, name, place, flags, flags_out);
}

const char* write_combining_vfs() {
    static constexpr const char* name = "chathook";
    prepare_memory_index();  // also configures the library, before the system's VFS is looked up
    static const bool combines = note_version();
    static const WriteCombining vfs(name, *sqlite3_vfs_find(nullptr), combines);
    return name;
}

}  // namespace chathook::sqlite
