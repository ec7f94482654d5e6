#include "journal/files.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "journal/journal.hpp"
#include "support/log.hpp"

namespace chathook::journal {
namespace {

constexpr int exit_io_error = 74;
constexpr int exit_in_use = 75;

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
    const int error = errno;
    throw OpenError(exit_io_error, what + " " + path.string() + ": " + std::strerror(error));
}

void sync_directory(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail("cannot open the directory", path);
    const int result = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    errno = error;
    if (result != 0) fail("cannot sync the directory", path);
}

void make_directory(const std::filesystem::path& path) {
    std::error_code error;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    if (error) {
        errno = error.value();
        fail("cannot create the journal's directory", path);
    }
    if (::mkdir(path.c_str(), 0700) == 0) {
        sync_directory(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
        return;
    }
    if (errno != EEXIST) fail("cannot create the journal's directory", path);
}

// SQLite would create it readable for everyone; the log and its index take over the mode of this file.
void make_database_file(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        ::close(fd);
        return;
    }
    if (errno != EEXIST) fail("cannot create the journal's database", file);
}

std::string holder(int lock_fd) {
    std::array<char, 24> text{};
    const ssize_t size = ::pread(lock_fd, text.data(), text.size(), 0);
    if (size <= 1) return "";
    return " (process " + std::string(text.data(), static_cast<std::size_t>(size - 1)) + ")";
}

void write_holder(int lock_fd) {
    const std::string text = std::to_string(::getpid()) + "\n";
    // Only a hint for people: the lock is what counts.
    if (::ftruncate(lock_fd, 0) != 0 || ::pwrite(lock_fd, text.data(), text.size(), 0) < 0) return;
}

}  // namespace

DirectoryLock::DirectoryLock(const std::filesystem::path& directory)
    : directory_(directory.has_filename() ? directory : directory.parent_path()) {
    make_directory(directory_);
    directory_fd_ = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory_fd_ < 0) fail("cannot open the journal's directory", directory_);
    try {
        const std::filesystem::path file = directory_ / "lock";
        lock_fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (lock_fd_ < 0) fail("cannot open the journal's lock", file);
        if (::flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK) fail("cannot lock", file);
            throw OpenError(exit_in_use, "the journal in " + directory_.string() +
                                             " is in use by another chathookd" + holder(lock_fd_));
        }
        write_holder(lock_fd_);
        make_database_file(database_file());
        sync();
    } catch (...) {
        if (lock_fd_ >= 0) ::close(lock_fd_);
        ::close(directory_fd_);
        throw;
    }
}

DirectoryLock::~DirectoryLock() {
    ::close(lock_fd_);
    ::close(directory_fd_);
}

void DirectoryLock::sync() const {
    if (::fsync(directory_fd_) != 0) fail("cannot sync the journal's directory", directory_);
}

std::optional<std::uint64_t> free_bytes(const std::filesystem::path& directory) {
    struct statvfs disk {};
    if (::statvfs(directory.c_str(), &disk) != 0) return std::nullopt;
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

void warn_about_place(const std::filesystem::path& directory) {
    struct statfs place {};
    if (::statfs(directory.c_str(), &place) == 0) {
        const auto type = static_cast<unsigned long>(place.f_type);
        constexpr unsigned long cifs = 0xff534d42, fuse = 0x65735546;
        if (type == TMPFS_MAGIC || type == RAMFS_MAGIC) {
            log(LogLevel::warning, "journal_in_memory",
                {{"path", directory.string()}, {"consequence", "events are lost when the machine stops"}});
        } else if (type == NFS_SUPER_MAGIC || type == SMB_SUPER_MAGIC || type == SMB2_SUPER_MAGIC ||
                   type == cifs || type == fuse) {
            log(LogLevel::warning, "journal_on_network_or_user_file_system",
                {{"path", directory.string()}, {"consequence", "syncs may be answered too early"}});
        }
    }
    struct stat status {};
    if (::stat(directory.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
        log(LogLevel::warning, "journal_directory_open_to_others",
            {{"path", directory.string()}, {"mend", "chmod 700"}});
    }
}

}  // namespace chathook::journal
