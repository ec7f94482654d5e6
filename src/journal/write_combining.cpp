#include "journal/write_combining.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "journal/schema.hpp"
#include "journal/scrub.hpp"
#include "journal/sqlite.hpp"

namespace chathook::journal {
namespace {

// SQLite's own xWrite looks at the lowest 17 bits of a size only (os_unix.c, seekAndWriteFd).
constexpr int held_bytes_max = (128 << 10) - 1;

// SQLite's index of the log, in words: sqlite.org/walformat.html, section 2.1.
constexpr std::size_t frames_in_log = 16 / 4;
constexpr std::size_t frames_to_move = 128 / 4;  // by the checkpoint under way
constexpr int write_lock = 0;

// What SQLite wrote and the file has not got yet: one contiguous piece.
class Held {
public:
    // Whether there is memory for it.
    bool prepare() noexcept {
        bytes_.reset(new (std::nothrow) char[held_bytes_max]);
        return bytes_ != nullptr;
    }

    // Like xWrite, but what it takes gets to the file with a later flush() only.
    int add(sqlite3_file& file, const void* bytes, int size, sqlite3_int64 offset) noexcept {
        if (offset != offset_ + size_ || size > held_bytes_max - size_) {
            if (const int result = flush(file); result != SQLITE_OK) return result;
        }
        if (size > held_bytes_max) return file.pMethods->xWrite(&file, bytes, size, offset);
        if (size_ == 0) offset_ = offset;
        std::memcpy(bytes_.get() + size_, bytes, static_cast<std::size_t>(size));
        size_ += size;
        return SQLITE_OK;
    }

    // What cannot be written is gone.
    int flush(sqlite3_file& file) noexcept {
        const int size = std::exchange(size_, 0);
        return size == 0 ? SQLITE_OK : file.pMethods->xWrite(&file, bytes_.get(), size, offset_);
    }

    void drop() noexcept { size_ = 0; }
    bool empty() const noexcept { return size_ == 0; }

    bool touches(int size, sqlite3_int64 offset) const noexcept {
        return offset < offset_ + size_ && offset_ < offset + size;
    }

    // The newest bytes, if there are so many.
    std::span<char> last(int size) noexcept {
        if (size > size_) return {};
        return {bytes_.get() + (size_ - size), static_cast<std::size_t>(size)};
    }

private:
    std::unique_ptr<char[]> bytes_;
    int size_ = 0;
    sqlite3_int64 offset_ = 0;
};

// What SQLite sees of an open file; the system's own stands behind it in the same memory.
struct File : sqlite3_file {
    sqlite3_file* inner = nullptr;
    Held held;
    int failed = SQLITE_OK;  // a late write, as long as SQLite may rely on it
    bool failed_for_good = false;
};

struct LogFile;

struct DatabaseFile : File {
    LogFile* log = nullptr;
    const volatile std::uint32_t* index = nullptr;
    bool keeps_pages = false;
    bool scrubs = true;
};

struct LogFile : File {
    DatabaseFile* database = nullptr;
};

constexpr std::size_t place_bytes = (std::max(sizeof(DatabaseFile), sizeof(LogFile)) + 15) / 16 * 16;

File& file_of(sqlite3_file* file) noexcept { return *static_cast<File*>(file); }
DatabaseFile& database_of(sqlite3_file* file) noexcept { return *static_cast<DatabaseFile*>(file); }
LogFile& log_of(sqlite3_file* file) noexcept { return *static_cast<LogFile*>(file); }
sqlite3_file* inner_of(sqlite3_file* file) noexcept { return file_of(file).inner; }

// Before anything that has to find in the file what was written.
int write_out(File& file) noexcept {
    if (file.failed == SQLITE_OK) file.failed = file.held.flush(*file.inner);
    return file.failed;
}

// Both files.

int read_file(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
    File& ours = file_of(file);
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

// The log.

int write_to_log(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    LogFile& log = log_of(file);
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

// The database.

int write_to_database(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    DatabaseFile& database = database_of(file);
    if (database.failed != SQLITE_OK) return database.failed;
    const int result = database.held.add(*database.inner, bytes, size, offset);
    if (result != SQLITE_OK) return result;
    if (static_cast<std::uint64_t>(offset) >= scrub_bytes_max) database.scrubs = false;
    // SQLite's own copy stays as it is: it is the source of checksums and of later changes.
    const bool is_page = size == page_bytes && offset % page_bytes == 0;
    if (is_page && database.scrubs) scrub(database.held.last(size), offset == 0);
    return database.keeps_pages ? SQLITE_OK : database.held.flush(*database.inner);
}

// A checkpoint that moves the whole log ends with this and a sync. When it fails, SQLite goes on using the
// log.
int truncate_database(sqlite3_file* file, sqlite3_int64 size) {
    const int result = truncate_file(file, size);
    if (!database_of(file).failed_for_good) database_of(file).failed = SQLITE_OK;
    return result;
}

int control_database(sqlite3_file* file, int operation, void* argument) {
    DatabaseFile& database = database_of(file);
    if (operation == SQLITE_FCNTL_CKPT_START) {
        // SQLite was not told, see below, and took pages for moved that were not.
        if (database.failed != SQLITE_OK) database.failed_for_good = true;
        if (database.failed_for_good) database.failed = SQLITE_IOERR_WRITE;
        database.keeps_pages =
            database.index != nullptr && database.index[frames_in_log] == database.index[frames_to_move];
    }
    if (operation == SQLITE_FCNTL_CKPT_DONE) {
        // Cutting the database comes next and reports it, unless another program just added to the log.
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
        // What was committed is written; what is left was rolled back.
        log->held.drop();
        if (!log->failed_for_good) log->failed = SQLITE_OK;
    }
    return inner_of(file)->pMethods->xShmLock(inner_of(file), from, count, flags);
}

// SQLite publishes a commit in here.
void publish_index(sqlite3_file* file) {
    LogFile* log = database_of(file).log;
    // Only a commit without a sync has something left, and SQLite does not listen any more.
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

// Version 2: SQLite maps nothing into memory that is not in the file yet.
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

// In the memory that SQLite has for it, with the system's own file behind it.
template <class Kind>
int open_as(const sqlite3_io_methods& methods, sqlite3_file* place, sqlite3_vfs& vfs, const char* name,
            int flags, int* flags_out, Kind** opened) {
    place->pMethods = nullptr;  // nothing to close so far
    auto* inner = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(place) + place_bytes);
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

}  // namespace

WriteCombining::WriteCombining(const char* name, sqlite3_vfs& inner) {
    static_cast<sqlite3_vfs&>(registered_) = inner;
    registered_.inner = &inner;
    registered_.pNext = nullptr;
    registered_.zName = name;
    registered_.szOsFile = static_cast<int>(place_bytes) + inner.szOsFile;
    registered_.xOpen = &open;
    sqlite3_vfs_register(&registered_, 0);
}

WriteCombining::~WriteCombining() { sqlite3_vfs_unregister(&registered_); }

int WriteCombining::open(sqlite3_vfs* self, const char* name, sqlite3_file* place, int flags,
                         int* flags_out) {
    sqlite3_vfs& inner = *static_cast<Registered*>(self)->inner;
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
        DatabaseFile* database = nullptr;
        const int result = open_as(database_methods, place, inner, name, flags, flags_out, &database);
        if (result != SQLITE_OK) return result;
        sqlite3_int64 size = 0;
        database->inner->pMethods->xFileSize(database->inner, &size);
        database->scrubs = static_cast<std::uint64_t>(size) < scrub_bytes_max;
        return SQLITE_OK;
    }
    if ((flags & SQLITE_OPEN_WAL) != 0) {
        LogFile* log = nullptr;
        const int result = open_as(log_methods, place, inner, name, flags, flags_out, &log);
        if (result != SQLITE_OK) return result;
        log->database = &database_of(sqlite3_database_file_object(name));
        log->database->log = log;
        return SQLITE_OK;
    }
    return inner.xOpen(&inner, name, place, flags, flags_out);
}

const char* write_combining_vfs() {
    static constexpr const char* name = "chathook";
    configure_sqlite();  // finding the system's own prepares the library
    static const WriteCombining vfs(name, *sqlite3_vfs_find(nullptr));
    return name;
}

}  // namespace chathook::journal
