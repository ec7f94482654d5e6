// The writes that write_combining.cpp holds back from a file. One thread.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "disk/disk_error.hpp"
#include "sqlite/sqlite.hpp"

namespace chathook::sqlite {

// SQLite's own xWrite uses only the lowest 17 bits of a size (os_unix.c, seekAndWriteFd).
inline constexpr int held_bytes_max = (128 << 10) - 1;

// Bytes that SQLite wrote and the file does not have yet: one contiguous piece.
class Held {
public:
    // Allocates the memory; false if there is none.
    bool prepare() noexcept {
        bytes_.reset(new (std::nothrow) char[held_bytes_max]);
        return bytes_ != nullptr;
    }

    // Like xWrite, but the bytes may reach the file only with a later flush().
    int add(sqlite3_file& file, const void* bytes, int size, sqlite3_int64 offset) noexcept {
        if (offset != offset_ + size_ || size > held_bytes_max - size_) {
            if (const int result = flush(file); result != SQLITE_OK) return result;
        }
        if (size > held_bytes_max) return put(file, bytes, size, offset);
        if (size_ == 0) offset_ = offset;
        std::memcpy(bytes_.get() + size_, bytes, static_cast<std::size_t>(size));
        size_ += size;
        return SQLITE_OK;
    }

    // Writes what is held; if that fails, the bytes are discarded.
    int flush(sqlite3_file& file) noexcept {
        const int size = std::exchange(size_, 0);
        return size == 0 ? SQLITE_OK : put(file, bytes_.get(), size, offset_);
    }

    void drop() noexcept { size_ = 0; }
    bool ends_at(sqlite3_int64 offset) const noexcept { return size_ > 0 && offset == offset_ + size_; }
    bool empty() const noexcept { return size_ == 0; }

    bool touches(int size, sqlite3_int64 offset) const noexcept {
        return offset < offset_ + size_ && offset_ < offset + size;
    }

    // The last `size` bytes, or nothing if fewer are held.
    std::span<char> last(int size) noexcept {
        if (size > size_) return {};
        return {bytes_.get() + (size_ - size), static_cast<std::size_t>(size)};
    }

private:
    // SQLite reports a full disk for ENOSPC only, and a failure for an exhausted quota or file size limit,
    // although earlier writes are intact in these cases, too.
    static int put(sqlite3_file& file, const void* bytes, int size, sqlite3_int64 offset) noexcept {
        const int result = file.pMethods->xWrite(&file, bytes, size, offset);
        if (result == SQLITE_OK) return result;
        int error = 0;
        file.pMethods->xFileControl(&file, SQLITE_FCNTL_LAST_ERRNO, &error);
        note_system_error(error);
        return result == SQLITE_IOERR_WRITE && disk::is_lack_of_room(error) ? SQLITE_FULL : result;
    }

    std::unique_ptr<char[]> bytes_;
    int size_ = 0;
    sqlite3_int64 offset_ = 0;
};

}  // namespace chathook::sqlite
