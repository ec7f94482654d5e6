#include "support/standard_streams.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace chathook {

bool is_same_stream(int a, int b) noexcept {
    struct stat first {};
    struct stat second {};
    if (::fstat(a, &first) != 0 || ::fstat(b, &second) != 0) return false;
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

LineStream& standard_output() {
    static auto& stream = *new LineStream(STDOUT_FILENO);
    return stream;
}

LineStream& standard_error() {
    static auto& stream = *new LineStream(STDERR_FILENO);
    return is_same_stream(STDOUT_FILENO, STDERR_FILENO) ? standard_output() : stream;
}

bool is_journal_stream(int descriptor) noexcept {
    const char* named = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe): nothing sets any
    struct stat status {};
    if (named == nullptr || ::fstat(descriptor, &status) != 0) return false;
    char* end = nullptr;
    const unsigned long long device = std::strtoull(named, &end, 10);
    if (end == named || *end != ':') return false;
    const char* inode_text = end + 1;
    const unsigned long long inode = std::strtoull(inode_text, &end, 10);
    return end != inode_text && *end == '\0' && device == status.st_dev && inode == status.st_ino;
}

bool is_null_device(int descriptor) noexcept {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return false;
    return S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

}  // namespace chathook
