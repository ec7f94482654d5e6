// The journal's directory: created, locked against a second instance, and synced. Start-up only.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "support/file_descriptor.hpp"

namespace chathook::disk {

// What the log must be like for the next start to find all that was answered. Daemons before version 0.2 did
// not record it.
enum class LogState : std::uint8_t {
    moved,   // everything is in the database, and the log may be missing
    exists,  // the file exists, and may be empty
    filled,  // it holds at least one commit that may not be in the database
};

// As the journal in this directory records it; `moved` where there is no lock file.
LogState log_state_of(const std::filesystem::path& directory) noexcept;

// Holds the journal for this process until destroyed. The kernel releases it when the process dies.
//
// Three locks (flock): on the file `lock`, which shows the process id; on the directory, because the file can
// be removed and created again; on the database, which links from several directories may lead to.
class DirectoryLock {
public:
    // Creates the directory (0700) and an empty database file (0600) if they are missing, and takes the
    // locks. Throws OpenError: 75 if another process holds one of them, 74 for any other error.
    explicit DirectoryLock(const std::filesystem::path& directory);
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

    // Absolute, so that a relative path keeps the meaning it had at the start.
    const std::filesystem::path& directory() const noexcept { return directory_; }

    // The target if `journal.sqlite` is a symbolic link: SQLite puts the log beside the target.
    const std::filesystem::path& database_file() const noexcept { return database_file_; }

    // The descriptors of the directory, the lock and the database.
    std::array<int, 3> descriptors() const noexcept {
        return {directory_fd_.get(), lock_fd_.get(), database_fd_.get()};
    }

    // What the last daemon recorded of its log.
    LogState log_state() const noexcept { return log_state_; }

    // Records it in the lock file for the next start, and syncs that; nothing when it is recorded already.
    // Best effort: errors are not reported.
    void set_log_state(LogState state) noexcept;

    // Makes file names in the directory durable; SQLite ignores when that fails. Throws OpenError.
    void sync() const;

private:
    void take(int descriptor, const std::filesystem::path& file) const;

    std::filesystem::path directory_, database_file_;
    LogState log_state_ = LogState::moved;
    // Closing the database's descriptor drops SQLite's locks, so it must outlive the last connection.
    Descriptor directory_fd_, lock_fd_, database_fd_;
};

// Takes a lock (LOCK_SH, LOCK_EX) on an open file without waiting; false if somebody else has it. Throws
// OpenError. On a file system without locks on directories none is taken there, and the result is true.
bool lock_file(int descriptor, int operation, const std::filesystem::path& file);

// Whether flock and SQLite's own locks are independent on this file's file system: a network file system may
// implement one as the other.
bool has_separate_locks(int descriptor) noexcept;

// Bytes available to this user on the disk of `directory`, given by path or descriptor; nullopt if the system
// does not tell.
std::optional<std::uint64_t> free_bytes(const std::filesystem::path& directory);
std::optional<std::uint64_t> free_bytes(int directory);

// How large a file of this process may become (RLIMIT_FSIZE).
std::uint64_t file_size_limit() noexcept;

// Logs a warning if the directory is on a file system where a power cut or a second machine can break the
// promise (memory, network), or if other users can read it.
void warn_about_place(const std::filesystem::path& directory);

}  // namespace chathook::disk
