#include "support/line_memory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

namespace chathook {
namespace {

// A note is the stream's device and inode while the stream is within a line, otherwise spaces, and then a
// line feed. Its length never changes, so that rewriting it works on a full disk.
constexpr std::size_t note_bytes = 48;
constexpr std::size_t notes_max = 16;  // with more streams than this, the first note is overwritten
using Note = std::array<char, note_bytes>;

constexpr Note between_lines = [] {
    Note note{};
    note.fill(' ');
    note.back() = '\n';
    return note;
}();

std::string note_of(const struct stat& stream) {
    std::string note = std::to_string(stream.st_dev) + ":" + std::to_string(stream.st_ino);
    note.resize(note_bytes - 1, ' ');
    return note + '\n';
}

// The byte before the position where a regular file is written next; nullopt if it cannot be read. The file
// is reopened because the descriptor itself is usually write-only.
std::optional<char> last_byte(int descriptor, off_t size) {
    const int flags = ::fcntl(descriptor, F_GETFL);
    const off_t end = (flags & O_APPEND) != 0 ? size : ::lseek(descriptor, 0, SEEK_CUR);
    if (end == 0) return '\n';
    const std::string name = "/proc/self/fd/" + std::to_string(descriptor);
    const int file = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) return std::nullopt;
    char byte = 0;
    const ssize_t read = ::pread(file, &byte, 1, end - 1);
    ::close(file);
    return read == 1 ? std::optional(byte) : std::nullopt;
}

}  // namespace

LineMemory::LineMemory(std::filesystem::path file, int stream) : path_(std::move(file)) {
    struct stat status {};
    // Terminals are read by people, and /dev/null is not read at all.
    if (::fstat(stream, &status) != 0 || S_ISCHR(status.st_mode)) return;
    if (S_ISREG(status.st_mode)) {
        if (const auto last = last_byte(stream, status.st_size)) {
            within_line_ = *last != '\n';
            return;
        }
    }
    note_ = note_of(status);
    open(O_RDWR);
    if (file_ >= 0) find_note();
}

// Takes this stream's own note, or the first blank one, or a new one behind the last.
void LineMemory::find_note() {
    std::array<char, note_bytes * notes_max> found{};
    const ssize_t read = ::pread(file_, found.data(), found.size(), 0);
    const std::string_view notes(found.data(), static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
    const std::size_t count = notes.size() / note_bytes;
    std::optional<std::size_t> blank;
    for (std::size_t place = 0; place < count; ++place) {
        const std::string_view note = notes.substr(place * note_bytes, note_bytes);
        if (note == note_) {
            place_ = place;
            within_line_ = true;
            return;
        }
        if (!blank && note == std::string_view(between_lines.data(), note_bytes)) blank = place;
    }
    place_ = blank.value_or(count % notes_max);
}

LineMemory::~LineMemory() {
    if (file_ >= 0) ::close(file_);
}

void LineMemory::remember(bool within_line) noexcept {
    if (note_.empty() || within_line == within_line_) return;
    within_line_ = within_line;
    if (file_ < 0) open(O_RDWR | O_CREAT);
    if (file_ < 0) return;
    const char* note = within_line ? note_.data() : between_lines.data();
    const auto at = static_cast<off_t>(place_ * note_bytes);
    while (::pwrite(file_, note, note_bytes, at) < 0 && errno == EINTR) continue;
}

// The lock keeps a second daemon, started by mistake, from changing the first one's file.
void LineMemory::open(int flags) noexcept {
    constexpr int always = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    file_ = ::open(path_.c_str(), flags | always, 0600);
    if (file_ < 0 || ::flock(file_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
    ::close(std::exchange(file_, -1));
    note_.clear();
}

}  // namespace chathook
