#include "sinks/file_append.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace chathook::sinks {
namespace {

constexpr mode_t file_mode = 0640;
constexpr std::size_t search_block_bytes = 64 * 1024;

std::string error_text(int error) { return std::generic_category().message(error); }

// Where the last line of a file of `size` bytes begins: after its last line feed. None: unreadable.
std::optional<std::uint64_t> last_line_start(int file, std::uint64_t size) {
    std::array<char, search_block_bytes> block;
    std::uint64_t end = size;
    while (end > 0) {
        const std::uint64_t begin = end - std::min<std::uint64_t>(end, block.size());
        const ssize_t read = ::pread(file, block.data(), end - begin, static_cast<off_t>(begin));
        if (read < 0 && errno == EINTR) continue;
        if (read != static_cast<ssize_t>(end - begin)) return std::nullopt;
        const std::string_view text(block.data(), static_cast<std::size_t>(read));
        if (const auto line_feed = text.rfind('\n'); line_feed != std::string_view::npos) {
            return begin + line_feed + 1;
        }
        end = begin;
    }
    return 0;
}

}  // namespace

Problem AppendFile::open() {
    if (file_ >= 0 && !still_at_path()) close();
    if (file_ >= 0) return std::nullopt;
    Problem problem = open_at_path();
    if (problem) close();
    return problem;
}

void AppendFile::close() noexcept {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
}

// Also learns the size anew: logrotate's copytruncate, or a person, may have emptied the file.
bool AppendFile::still_at_path() noexcept {
    struct stat here {};
    struct stat ours {};
    if (::stat(path_.c_str(), &here) != 0 || ::fstat(file_, &ours) != 0) return false;
    if (here.st_dev != ours.st_dev || here.st_ino != ours.st_ino) return false;
    size_ = static_cast<std::uint64_t>(ours.st_size);
    return true;
}

Problem AppendFile::open_at_path() {
    file_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, file_mode);
    if (file_ < 0) return problem("cannot be opened", errno);
    struct stat status {};
    if (::fstat(file_, &status) != 0) return problem("cannot be examined", errno);
    if (!S_ISREG(status.st_mode)) return path_ + ": is not a regular file, nothing written to it would last";
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return path_ + ": another sink or process is writing to this file";
        return problem("cannot be locked", errno);
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    if (Problem torn = mend_last_line()) return torn;
    return sync_directory_of(path_);
}

Problem AppendFile::mend_last_line() {
    const auto start = last_line_start(file_, size_);
    if (!start) return problem("cannot be read", errno);
    if (*start == size_) return std::nullopt;

    // Every line of ours begins with '{'; a crash of the file system may leave zeros. Anything else is not
    // ours to cut.
    char first = 0;
    if (::pread(file_, &first, 1, static_cast<off_t>(*start)) != 1) return problem("cannot be read", errno);
    if (first != '{' && first != '\0') {
        return path_ + ": ends in a line without line feed that is not chathookd's; move the file away";
    }
    if (::ftruncate(file_, static_cast<off_t>(*start)) != 0 || ::fdatasync(file_) != 0) {
        return problem("its torn last line cannot be removed", errno);
    }
    mended_bytes_ += size_ - *start;
    size_ = *start;
    return std::nullopt;
}

Problem AppendFile::append(std::string_view lines) {
    Problem failure = write_all(lines);
    if (!failure && ::fdatasync(file_) != 0) failure = problem("cannot be synced", errno);
    if (!failure) {
        size_ += lines.size();
        return std::nullopt;
    }
    // After a failed fdatasync the kernel takes the pages for clean, so that only writing them anew counts.
    // Where even this fails, the next open() cuts off what is torn.
    if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) close();
    return failure;
}

Problem AppendFile::write_all(std::string_view lines) {
    while (!lines.empty()) {
        const ssize_t written = ::write(file_, lines.data(), lines.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return problem("cannot be written", errno);
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
    return std::nullopt;
}

Problem AppendFile::problem(std::string_view doing, int error) const {
    return path_ + ": " + std::string(doing) + ": " + error_text(error);
}

Problem sync_directory_of(const std::string& path) {
    std::string directory = std::filesystem::path(path).parent_path().string();
    if (directory.empty()) directory = ".";
    const int handle = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = handle >= 0 && ::fsync(handle) == 0;
    const int error = errno;
    if (handle >= 0) ::close(handle);
    if (synced) return std::nullopt;
    return directory + ": the directory cannot be synced: " + error_text(error);
}

}  // namespace chathook::sinks
