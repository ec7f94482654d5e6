#include "disk/disk_error.hpp"

#include <sys/statvfs.h>

#include <cerrno>

namespace chathook::disk {

bool is_lack_of_room(int error) noexcept { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

std::string room_needed(const std::string& place, unsigned long long bytes) {
    struct statvfs disk {};
    std::string text = "; about " + std::to_string(bytes) + " bytes are needed";
    if (::statvfs(place.c_str(), &disk) != 0) return text;
    const unsigned long long free = static_cast<unsigned long long>(disk.f_bavail) * disk.f_frsize;
    return text + " and " + std::to_string(free) + " are free";
}

}  // namespace chathook::disk
