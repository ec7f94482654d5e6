#include "sqlite/memory_index.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mman.h>

#include <string_view>

#include "sqlite/sqlite.hpp"

namespace chathook::sqlite {
namespace {

using Open = int (*)(const char* path, int flags, int mode);

Open system_open = nullptr;
thread_local bool in_memory = false;

int open_file(const char* path, int flags, int mode) {
    if (in_memory && std::string_view(path).ends_with("-shm")) {
        return ::memfd_create("journal-index", MFD_CLOEXEC);
    }
    return system_open(path, flags, mode);
}

}  // namespace

IndexInMemory::IndexInMemory() noexcept { in_memory = true; }
IndexInMemory::~IndexInMemory() { in_memory = false; }

void prepare_memory_index() {
    configure_sqlite();
    [[maybe_unused]] static const bool done = [] {
        sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
        system_open = reinterpret_cast<Open>(system->xGetSystemCall(system, "open"));
        return system->xSetSystemCall(system, "open", reinterpret_cast<sqlite3_syscall_ptr>(&open_file)) ==
               SQLITE_OK;
    }();
}

bool keep_others_out(int database) noexcept {
    // Every reader of another process must get past this byte (os_unix.c, PENDING_BYTE). The lock belongs to
    // the open file description, so SQLite's own locks neither replace nor drop it.
    constexpr off_t pending_byte = 0x40000000;
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = pending_byte;
    lock.l_len = 1;
    return ::fcntl(database, F_OFD_SETLK, &lock) == 0;
}

}  // namespace chathook::sqlite
