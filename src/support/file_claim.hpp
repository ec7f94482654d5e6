// Which files belong to which part of the program, so that no part writes, renames or removes a file of
// another. Files are identified by device and inode, not by name: symbolic links, hard links, bind mounts and
// ".." all lead to the same file. Uses stat and readlink only and opens nothing, because closing any
// descriptor of a file drops the process's POSIX locks on it, which SQLite uses. Any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace chathook {

struct FileId {
    dev_t device = 0;
    ino_t inode = 0;
    friend auto operator<=>(const FileId&, const FileId&) = default;
};

// The file that the path leads to; nullopt if there is none, or stat fails.
std::optional<FileId> file_id(const std::filesystem::path& path);
std::optional<FileId> file_id(int descriptor);

// The path with the symbolic links of its last component resolved, even if they lead to a file that does not
// exist yet.
std::filesystem::path followed(std::filesystem::path path);

struct FileClaim {
    enum class Kind {
        file,       // `path`, path.1 to path.ROTATED, and every name that begins with path.torn-
        directory,  // everything in `path`, at any depth
    };
    std::string owner;  // for messages: "sink 'events'", "the journal"
    std::filesystem::path path;
    Kind kind = Kind::file;
    std::uint64_t rotated = 0;
};

// Follows the file's name in the name of a file that keeps a torn line (docs/sinks/file.md).
inline constexpr std::string_view torn_suffix = ".torn-";

// Why the claim `mine`, of a file, conflicts with `other`, worded to follow the path of `mine`: "is already
// the file of sink 'events'". nullopt if no conflict is visible now.
std::optional<std::string> conflict(const FileClaim& mine, const FileClaim& other);

}  // namespace chathook
