// Rotated files: events.jsonl becomes events.jsonl.1, which became .2, and so on. One thread at a time.
#pragma once

#include <cstdint>
#include <string>

#include "sinks/file_append.hpp"

namespace chathook::sinks {

inline constexpr std::uint64_t rotated_files_max = 1000;

struct Rotation {
    std::uint64_t size = 0;  // bytes
    std::uint64_t keep = 10;
};

// Renames `path` to path.1 after making room for it, deletes what is older than path.keep and makes the
// renames last. A crash in between loses no file: the next call goes on where a number is free.
Problem shift_files(const std::string& path, std::uint64_t keep);

}  // namespace chathook::sinks
