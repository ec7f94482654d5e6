// Rotates files: events.jsonl becomes events.jsonl.1, which became .2, and so on. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sinks/file_append.hpp"

namespace chathook::sinks {

inline constexpr std::uint64_t rotated_files_max = 1000;

struct Rotation {
    std::uint64_t size = 0;  // bytes
    std::uint64_t keep = 10;
};

// The file that a rotation deleted.
struct Dropped {
    std::string path;  // its last name; empty: nothing was deleted
    std::uint64_t bytes = 0;
};

// Renames `path` to path.1, shifting the others up, and makes the renames durable. A file at path.keep is
// deleted if there is no free number, and `dropped` names it; files with higher numbers are left alone.
// Renames and deletes only files that are empty or begin with an event of ours: any other is a problem, and
// nothing is done. A crash in between loses no file: the next call continues at the free number.
Problem shift_files(const std::string& path, std::uint64_t keep, Dropped& dropped);

// Files among and beyond the rotated files of `path` that a rotation will not touch, one sentence each.
std::vector<std::string> rotation_warnings(const std::string& path, std::uint64_t keep);

}  // namespace chathook::sinks
