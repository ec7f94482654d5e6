#include "support/file_status.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>

namespace chathook {
namespace {

int ask(int directory, const char* name, int flags, struct stat& status) noexcept {
    struct statx found {};
    if (::statx(directory, name, flags, STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_INO | STATX_SIZE,
                &found) != 0) {
        return -1;
    }
    status = {};
    status.st_dev = makedev(found.stx_dev_major, found.stx_dev_minor);
    status.st_ino = found.stx_ino;
    status.st_mode = found.stx_mode;
    status.st_nlink = found.stx_nlink;
    status.st_size = static_cast<off_t>(found.stx_size);
    return 0;
}

}  // namespace

int look_up(int directory, const char* name, struct stat& status) noexcept {
    return ask(directory, name, 0, status);
}

int look_at(int descriptor, struct stat& status) noexcept {
    return ask(descriptor, "", AT_EMPTY_PATH, status);
}

}  // namespace chathook
