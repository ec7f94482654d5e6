#include "sinks/file_rotation.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "sinks/event_lines.hpp"
#include "support/error_text.hpp"

namespace chathook::sinks {
namespace {

std::string numbered(const std::string& path, std::uint64_t number) {
    return number == 0 ? path : path + "." + std::to_string(number);
}

// A dangling symbolic link counts as existing: a rename would replace it.
bool exists(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

std::uint64_t bytes_of(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// An empty file counts as ours.
Problem why_not_ours(const std::string& path) {
    std::string problem;
    const auto head = first_line_of(path, problem);
    if (head && *head != Head::foreign) return std::nullopt;
    if (head) problem = "its first line is not an event of chathookd";
    return path + ": is not a rotated file of this sink, " + problem + "; move it away";
}

}  // namespace

Problem shift_files(const std::string& path, std::uint64_t keep, Dropped& dropped) {
    std::uint64_t free = 1;  // the lowest free number; files above it stay
    while (free < keep && exists(numbered(path, free))) ++free;
    for (std::uint64_t number = 1; number <= free; ++number) {
        if (!exists(numbered(path, number))) continue;
        if (const Problem foreign = why_not_ours(numbered(path, number))) return foreign;
    }
    if (exists(numbered(path, free))) dropped = {numbered(path, free), bytes_of(numbered(path, free))};
    for (std::uint64_t number = free; number > 0; --number) {
        const std::string from = numbered(path, number - 1);
        const std::string to = numbered(path, number);
        if (std::rename(from.c_str(), to.c_str()) != 0) {
            if (number == free) dropped = {};
            return from + ": cannot be renamed to " + to + ": " + error_text(errno);
        }
    }
    return sync_directory_of(path);
}

std::vector<std::string> rotation_warnings(const std::string& path, std::uint64_t keep) {
    std::vector<std::string> warnings;
    for (std::uint64_t number = 1; number <= keep && warnings.empty(); ++number) {
        if (!exists(numbered(path, number))) continue;
        if (const Problem foreign = why_not_ours(numbered(path, number))) {
            warnings.push_back(*foreign + ", or nothing is rotated");
        }
    }
    std::uint64_t beyond = keep + 1;
    while (exists(numbered(path, beyond))) ++beyond;
    if (beyond > keep + 1) {
        warnings.push_back(numbered(path, keep + 1) +
                           (beyond > keep + 2 ? " to ." + std::to_string(beyond - 1) : "") +
                           " stand behind rotate.keep and are left alone; raise keep, or remove them");
    }
    return warnings;
}

}  // namespace chathook::sinks
