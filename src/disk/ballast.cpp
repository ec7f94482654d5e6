#include "disk/ballast.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "disk/disk_error.hpp"
#include "disk/files.hpp"
#include "support/file_descriptor.hpp"
#include "support/log.hpp"

namespace chathook::disk {
namespace {

constexpr const char* file_name = "ballast";  // in the journal's directory

// Size of one write and sync, which a commit may have to wait for.
constexpr std::uint64_t piece_bytes = 1 << 20;

// The allocator keeps a buffer that was used once, so it is a small one.
constexpr std::uint64_t buffer_bytes = 64 << 10;

// Fills `bytes` with what no file system compresses or stores as a hole (xorshift, Marsaglia 2003).
void fill_with_noise(std::vector<char>& bytes, std::uint64_t seed) {
    std::uint64_t state = seed * 2 + 0x9e3779b97f4a7c15;
    for (char& byte : bytes) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        byte = static_cast<char>(state >> 32);
    }
}

}  // namespace

Ballast::Ballast(int directory, const JournalSettings& settings)
    : directory_(directory), bytes_(settings.ballast_bytes), min_free_disk_(settings.min_free_disk) {
    const auto found = size();
    if (!found) return;
    written_ = *found;
    released_ = written_ == 0 && bytes_ > 0;  // before the last stop
}

std::optional<std::uint64_t> Ballast::size() const noexcept {
    struct stat status {};
    if (::fstatat(directory_, file_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size);
}

bool Ballast::truncate() const noexcept {
    const Descriptor file(::openat(directory_, file_name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
    return file && ::ftruncate(file.get(), 0) == 0;
}

bool Ballast::release() {
    // An empty file remains, so that the next start knows that the room was released.
    if (written_ == 0 || !truncate()) return false;
    log(LogLevel::warning, "journal_ballast_released", {{"bytes", std::to_string(written_)}});
    written_ = 0;
    released_ = true;
    return true;
}

void Ballast::release_if_needed() {
    // If somebody removed or truncated the file, the room is gone, and the file is to be made again.
    written_ = std::min(written_, size().value_or(0));
    const auto free = free_bytes(directory_);
    if (free && *free < bytes_ / 4) release();
}

bool Ballast::grow() {
    if (written_ >= bytes_ || file_size_limit() < bytes_) return false;
    const auto free = free_bytes(directory_);
    if (!free || *free + written_ < min_free_disk_ + room_to_make()) return false;
    if (!write_piece()) {
        if (released_) truncate();
        if (!released_) ::unlinkat(directory_, file_name, 0);
        written_ = 0;
        return false;
    }
    if (written_ < bytes_) return true;
    log(LogLevel::info, "journal_ballast_made", {{"size", mebibytes(bytes_)}});
    released_ = false;
    return false;
}

bool Ballast::write_piece() {
    const Descriptor file(::openat(directory_, file_name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return false;
    const std::uint64_t end = std::min(written_ + piece_bytes, bytes_);
    std::vector<char> bytes;
    for (std::uint64_t at = written_; at < end;) {
        bytes.resize(std::min(buffer_bytes, end - at));
        fill_with_noise(bytes, at);
        const ssize_t put = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (put <= 0) return false;
        at += static_cast<std::uint64_t>(put);
    }
    if (::fdatasync(file.get()) != 0) return false;
    written_ = end;
    return true;
}

}  // namespace chathook::disk
