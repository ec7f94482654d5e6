#include "disk/files.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

#include "disk/disk_error.hpp"
#include "disk/recovery.hpp"
#include "disk/words.hpp"
#include "support/error_text.hpp"
#include "support/log.hpp"

namespace chathook::disk {
namespace {

// Room for an empty journal: its tables in the log and in the database, and the log's index.
constexpr unsigned long long room_to_begin = 512 << 10;

// The closest existing directory, for asking how much room its disk has.
std::string existing_parent(std::filesystem::path path) {
    std::error_code error;
    while (!path.empty() && !std::filesystem::is_directory(path, error)) path = path.parent_path();
    return path.empty() ? "." : path.string();
}

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
    const int error = errno;
    std::string sentence = what + " " + path.string() + ": " + error_text(error);
    if (is_lack_of_room(error)) sentence += room_needed(existing_parent(path), room_to_begin);
    throw OpenError(ExitCode::io_error, sentence);
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

// SQLite would create it readable for everyone; the log and its index inherit this file's mode.
Descriptor open_database_file(const std::filesystem::path& file) {
    Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!descriptor) fail("cannot open the journal's database", file);
    return descriptor;
}

// SQLite silently deletes the log of an empty database, and with it the answered events.
void require_database_of_log(const std::filesystem::path& database) {
    std::error_code error;
    const auto log_size = std::filesystem::file_size(log_of(database), error);
    if (error || log_size == 0) return;
    const auto size = std::filesystem::file_size(database, error);
    if (!error && size > 0) return;
    throw OpenError(ExitCode::io_error,
                    "the journal's database " + database.string() + " is missing or empty, but its log " +
                        log_of(database).string() +
                        " is there; put the database back, or move the log away, too, to start "
                        "an empty journal");
}

// The lock file: the process id, for the operator, then these lines on the log, then empty ones, so that a
// single write replaces it whole.
constexpr std::string_view log_line = "log\n";
constexpr std::string_view filled_log_lines = "filled\nlog\n";
constexpr std::size_t lock_bytes = 32;

std::string content_of(int lock_fd) {
    std::array<char, 64> text{};
    const ssize_t size = ::pread(lock_fd, text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

LogState state_in(std::string_view text) noexcept {
    const auto end = text.find("\n\n");
    if (end != text.npos) text = text.substr(0, end + 1);
    if (text.ends_with(filled_log_lines)) return LogState::filled;
    return text.ends_with(log_line) ? LogState::exists : LogState::moved;
}

std::string holder(int lock_fd) {
    const std::string text = content_of(lock_fd);
    const std::string process = text.substr(0, text.find('\n'));
    return process.empty() ? "" : " (process " + process + ")";
}

// On a full disk this still fits into the file's own block.
void write_holder(int lock_fd, LogState state) noexcept {
    std::string text = std::to_string(::getpid()) + "\n";
    if (state == LogState::exists) text += log_line;
    if (state == LogState::filled) text += filled_log_lines;
    text.resize(lock_bytes, '\n');
    if (::pwrite(lock_fd, text.data(), text.size(), 0) < 0) return;
}

std::uint64_t available(const struct statvfs& disk) { return std::uint64_t{disk.f_bavail} * disk.f_frsize; }

}  // namespace

bool has_separate_locks(int descriptor) noexcept {
    struct statfs place {};
    if (::fstatfs(descriptor, &place) != 0) return false;
    switch (static_cast<unsigned long>(place.f_type)) {
        case EXT4_SUPER_MAGIC:
        case XFS_SUPER_MAGIC:
        case BTRFS_SUPER_MAGIC:
        case F2FS_SUPER_MAGIC:
        case TMPFS_MAGIC:
        case OVERLAYFS_SUPER_MAGIC:
        case 0x2fc12fc1:  // ZFS
        case 0xca451a4e:  // bcachefs
            return true;
        default: return false;
    }
}

bool lock_file(int descriptor, int operation, const std::filesystem::path& file) {
    if (::flock(descriptor, operation | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    const int error = errno;
    struct stat status {};
    if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) return true;
    errno = error;
    fail("cannot lock", file);
}

DirectoryLock::DirectoryLock(const std::filesystem::path& directory)
    : directory_(std::filesystem::absolute(directory.has_filename() ? directory : directory.parent_path())),
      database_file_(directory_ / "journal.sqlite") {
    make_directory(directory_);
    directory_fd_ = Descriptor(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory_fd_) fail("cannot open the journal's directory", directory_);
    const std::filesystem::path file = directory_ / "lock";
    lock_fd_ = Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock_fd_) fail("cannot open the journal's lock", file);
    take(lock_fd_.get(), file);
    take(directory_fd_.get(), directory_);
    log_state_ = state_in(content_of(lock_fd_.get()));
    write_holder(lock_fd_.get(), log_state_);
    std::error_code error;
    if (std::filesystem::is_symlink(database_file_, error)) {
        database_file_ = std::filesystem::weakly_canonical(database_file_, error);
        if (error) fail("cannot follow the link", directory_ / "journal.sqlite");
    }
    require_database_of_log(database_file_);
    database_fd_ = open_database_file(database_file_);
    if (has_separate_locks(database_fd_.get())) take(database_fd_.get(), database_file_);
    sync();
}

void DirectoryLock::take(int descriptor, const std::filesystem::path& file) const {
    if (lock_file(descriptor, LOCK_EX, file)) return;
    throw OpenError(
        ExitCode::already_running,
        "the journal in " + directory_.string() + " is in use by another chathookd" + holder(lock_fd_.get()));
}

void DirectoryLock::set_log_state(LogState state) noexcept {
    if (state == log_state_) return;
    log_state_ = state;
    write_holder(lock_fd_.get(), state);
    ::fsync(lock_fd_.get());
}

LogState log_state_of(const std::filesystem::path& directory) noexcept {
    const Descriptor lock(::open((directory / "lock").c_str(), O_RDONLY | O_CLOEXEC));
    return lock ? state_in(content_of(lock.get())) : LogState::moved;
}

void DirectoryLock::sync() const {
    if (::fsync(directory_fd_.get()) != 0) fail("cannot sync the journal's directory", directory_);
}

std::optional<std::uint64_t> free_bytes(const std::filesystem::path& directory) {
    struct statvfs disk {};
    if (::statvfs(directory.c_str(), &disk) != 0) return std::nullopt;
    return available(disk);
}

std::optional<std::uint64_t> free_bytes(int directory) {
    struct statvfs disk {};
    if (::fstatvfs(directory, &disk) != 0) return std::nullopt;
    return available(disk);
}

std::uint64_t file_size_limit() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_FSIZE, &limit) != 0) return std::numeric_limits<std::uint64_t>::max();
    return limit.rlim_cur;
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
            {{"path", directory.string()}, {"hint", "chmod 700"}});
    }
}

}  // namespace chathook::disk
