#include "journal/ballast.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

#include "journal/files.hpp"
#include "support/log.hpp"

namespace chathook::journal {
namespace {

// Of one write and sync, which a commit may have to wait for.
constexpr std::uint64_t piece_bytes = 1 << 20;

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

// Bytes that no file system compresses or leaves out (xorshift, Marsaglia 2003).
std::vector<char> noise(std::uint64_t seed, std::size_t size) {
    std::vector<char> bytes(size);
    std::uint64_t state = seed * 2 + 0x9e3779b97f4a7c15;
    for (char& byte : bytes) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        byte = static_cast<char>(state >> 32);
    }
    return bytes;
}

}  // namespace

Ballast::Ballast(const JournalSettings& settings)
    : file_(settings.directory / "ballast"),
      bytes_(settings.ballast_bytes),
      min_free_disk_(settings.min_free_disk) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file_, error);
    if (error) return;
    written_ = size;
    released_ = size == 0 && bytes_ > 0;  // before the last stop
}

void Ballast::release() {
    // An empty file is left, so that the next start knows.
    if (written_ == 0 || ::truncate(file_.c_str(), 0) != 0) return;
    log(LogLevel::warning, "journal_ballast_released", {{"bytes", std::to_string(written_)}});
    written_ = 0;
    released_ = true;
}

void Ballast::release_if_needed() {
    const auto free = free_bytes(file_.parent_path());
    if (free && *free < bytes_ / 4) release();
}

bool Ballast::grow() {
    if (written_ >= bytes_) return false;
    const auto free = free_bytes(file_.parent_path());
    if (!free || *free + written_ < min_free_disk_ + room_to_make()) return false;
    if (!write_piece()) {
        std::error_code ignored;
        if (released_) std::filesystem::resize_file(file_, 0, ignored);
        if (!released_) std::filesystem::remove(file_, ignored);
        written_ = 0;
        return false;
    }
    if (written_ < bytes_) return true;
    log(LogLevel::info, "journal_ballast_made", {{"size", mebibytes(bytes_)}});
    released_ = false;
    return false;
}

bool Ballast::write_piece() {
    const int fd = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    const auto bytes = noise(written_, std::min(piece_bytes, bytes_ - written_));
    const ssize_t put = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(written_));
    const bool done = put > 0 && ::fdatasync(fd) == 0;
    ::close(fd);
    if (done) written_ += static_cast<std::uint64_t>(put);
    return done;
}

}  // namespace chathook::journal
