#include "sinks/file_append.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sinks/event_lines.hpp"
#include "support/clock.hpp"
#include "support/error_text.hpp"
#include "support/file_status.hpp"
#include "verify/event_line.hpp"

namespace chathook::sinks {
namespace {

constexpr mode_t file_mode = 0640;
constexpr std::size_t search_block_bytes = 64 * 1024;
constexpr std::size_t gathered_bytes_max = 64 * 1024;

// Larger than any event: a longer last line is not a torn one of ours.
constexpr std::uint64_t torn_bytes_max = 512ull * 1024 * 1024;

constexpr std::string_view not_regular = ": is not a regular file, nothing written to it would last";

// Offset of the last line of a file of `size` bytes: behind its last line feed. nullopt: unreadable.
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

// 20261121T200000.123456Z
std::string name_of_now() {
    std::string text;
    append_rfc3339(text, now());
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
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

// Also refreshes the size: logrotate's copytruncate, or a person, may have emptied the file.
bool AppendFile::still_at_path() noexcept {
    struct stat here {};
    struct stat ours {};
    if (look_up(AT_FDCWD, path_.c_str(), here) != 0 || look_at(file_, ours) != 0) return false;
    if (here.st_dev != ours.st_dev || here.st_ino != ours.st_ino) return false;
    size_ = static_cast<std::uint64_t>(ours.st_size);
    return true;
}

// The file is judged and examined by name before it is opened: closing a file that is not ours may do harm,
// because it drops the locks that this process has on it.
Problem AppendFile::open_at_path() {
    if (judge_) {
        if (Problem others = judge_()) return others;
    }
    real_path_ = followed(path_).string();
    struct stat status {};
    const bool there = ::stat(real_path_.c_str(), &status) == 0;
    if (there && !S_ISREG(status.st_mode)) return path_ + std::string(not_regular);
    constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
    file_ = ::open(real_path_.c_str(), flags, file_mode);
    if (file_ < 0) return problem("cannot be opened", errno);
    const FileId seen{status.st_dev, status.st_ino};
    return examine(there ? std::optional(seen) : std::nullopt);
}

Problem AppendFile::examine(const std::optional<FileId>& expected) {
    struct stat status {};
    if (::fstat(file_, &status) != 0) return problem("cannot be examined", errno);
    if (!S_ISREG(status.st_mode)) return path_ + std::string(not_regular);
    if (expected && *expected != FileId{status.st_dev, status.st_ino}) {
        return path_ + ": became another file while it was opened";
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return path_ + ": another sink or process is writing to this file";
        return problem("cannot be locked", errno);
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    if (Problem torn = mend_last_line()) return torn;
    return sync_directory_of(real_path_);
}

bool AppendFile::begins_with_event() const noexcept {
    const auto head = first_line_of(file_);
    return head && *head != Head::foreign;
}

// `rest` may end in zeros, which a crash of the file system leaves. A beginning too short to tell, or zeros
// alone, count as ours if nothing foreign comes before.
bool AppendFile::is_torn_event(std::uint64_t start, std::string_view rest) const noexcept {
    const std::string_view text = rest.substr(0, rest.find_last_not_of('\0') + 1);
    switch (head_of(text.substr(0, event_head_bytes))) {
        case Head::ours: return true;
        case Head::partial: return start == 0 || begins_with_event();
        case Head::foreign: break;
    }
    return false;
}

Problem AppendFile::mend_last_line() {
    const auto start = last_line_start(file_, size_);
    if (!start) return problem("cannot be read", errno);
    if (*start == size_) return std::nullopt;
    const Problem foreign =
        path_ +
        ": ends in a line without line feed that is not chathookd's; end it with one, or move the file away";
    if (size_ - *start > torn_bytes_max) return foreign;

    std::string rest(size_ - *start, '\0');
    const auto read = ::pread(file_, rest.data(), rest.size(), static_cast<off_t>(*start));
    if (read != static_cast<ssize_t>(rest.size())) return problem("cannot be read", errno);
    if (!is_torn_event(*start, rest)) return foreign;
    Mended mended{rest.size(), {}};
    if (Problem failure = keep_torn(rest, mended)) return failure;
    if (::ftruncate(file_, static_cast<off_t>(*start)) != 0 || ::fdatasync(file_) != 0) {
        return problem("its torn last line cannot be removed", errno);
    }
    mended_ = std::move(mended);
    size_ = *start;
    return std::nullopt;
}

Problem AppendFile::keep_torn(std::string_view rest, Mended& mended) const {
    if (rest.find_first_not_of('\0') == std::string_view::npos) return std::nullopt;
    const std::string name = real_path_ + std::string(torn_suffix) + name_of_now();
    AppendFile beside(name);
    beside.file_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, file_mode);
    if (beside.file_ < 0) return beside.problem("cannot be made for a torn line", errno);
    Problem failure = beside.write_all(rest);
    if (!failure && ::fsync(beside.file_) != 0) failure = beside.problem("cannot be synced", errno);
    if (!failure) failure = sync_directory_of(name);
    if (failure) ::unlink(name.c_str());
    if (!failure) mended.kept_in = name;
    return failure;
}

Problem AppendFile::append(std::span<const std::string_view> lines) {
    std::uint64_t bytes = 0;
    for (const std::string_view line : lines) bytes += line.size() + 1;
    return keep(write_lines(lines), bytes);
}

Problem AppendFile::append_line(const Event& event) { return keep(write_line(event), event.line_size() + 1); }

// Syncs the `bytes` written, or truncates them away if there was a `failure`.
Problem AppendFile::keep(Problem failure, std::uint64_t bytes) {
    if (!failure && ::fdatasync(file_) != 0) failure = problem("cannot be synced", errno);
    if (!failure) {
        size_ += bytes;
        return std::nullopt;
    }
    // After a failed fdatasync the kernel considers the pages clean, so that they must be written again. If
    // even truncating fails, the next open() cuts off the torn part.
    if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) close();
    return failure;
}

// In writes that end where a line ends. They are short, because a buffer for all lines of a batch would be
// taken from the kernel for each batch, page by page, which costs more than the writes.
Problem AppendFile::write_lines(std::span<const std::string_view> lines) {
    gathered_.clear();
    gathered_.reserve(gathered_bytes_max);
    for (const std::string_view line : lines) {
        if (gathered_.size() + line.size() + 1 > gathered_bytes_max) {
            if (Problem failure = write_all(gathered_)) return failure;
            gathered_.clear();
        }
        if (line.size() < gathered_bytes_max) {
            gathered_ += line;
        } else if (Problem failure = write_all(line)) {
            return failure;
        }
        gathered_ += '\n';
    }
    return write_all(gathered_);
}

Problem AppendFile::write_line(const Event& event) {
    LinePieces pieces(event);
    for (std::string_view piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
        if (Problem failure = write_all(piece)) return failure;
    }
    return write_all("\n");
}

Problem AppendFile::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return problem("cannot be written", errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
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
