// The journal's directory: made, locked against a second instance, and synced. Start-up only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace chathook::journal {

// Holds the directory for this process until destroyed. The kernel lets go of it when the process dies.
class DirectoryLock {
public:
    // Makes the directory (0700) and an empty database file (0600) where they are missing, and takes the
    // lock. Throws OpenError: 75 when another process holds it, 74 for all else.
    explicit DirectoryLock(const std::filesystem::path& directory);
    ~DirectoryLock();
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

    std::filesystem::path database_file() const { return directory_ / "journal.sqlite"; }

    // Makes file names in the directory durable; SQLite ignores when that fails. Throws OpenError.
    void sync() const;

private:
    std::filesystem::path directory_;
    int directory_fd_ = -1;
    int lock_fd_ = -1;
};

// What is free for this user on the disk that `directory` is on; nothing when the system does not tell.
std::optional<std::uint64_t> free_bytes(const std::filesystem::path& directory);

// Writes a warning to the log when the directory lies where a power cut or a second machine can undo the
// promise (memory, network file systems), or where other users may look into it.
void warn_about_place(const std::filesystem::path& directory);

}  // namespace chathook::journal
