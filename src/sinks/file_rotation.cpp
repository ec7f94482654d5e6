#include "sinks/file_rotation.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <unistd.h>

namespace chathook::sinks {
namespace {

std::string numbered(const std::string& path, std::uint64_t number) {
    return number == 0 ? path : path + "." + std::to_string(number);
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

Problem shift_files(const std::string& path, std::uint64_t keep) {
    std::uint64_t free = 1;  // the lowest free number; what stands above it stays
    while (free < keep && exists(numbered(path, free))) ++free;
    for (std::uint64_t number = free; number > 0; --number) {
        const std::string from = numbered(path, number - 1);
        const std::string to = numbered(path, number);
        if (std::rename(from.c_str(), to.c_str()) != 0) {
            return from + ": cannot be renamed to " + to + ": " + std::generic_category().message(errno);
        }
    }
    // Left over from a larger `keep`.
    for (std::uint64_t number = keep + 1; ::unlink(numbered(path, number).c_str()) == 0;) ++number;
    return sync_directory_of(path);
}

}  // namespace chathook::sinks
