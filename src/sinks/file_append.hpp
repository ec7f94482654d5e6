// A file of lines that is appended to durably: a batch of lines is in it whole, on the disk, or not at all.
// One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chathook::sinks {

// What went wrong, in one plain sentence; none: nothing.
using Problem = std::optional<std::string>;

class AppendFile {
public:
    explicit AppendFile(std::string path) : path_(std::move(path)) {}
    ~AppendFile() { close(); }
    AppendFile(const AppendFile&) = delete;
    AppendFile& operator=(const AppendFile&) = delete;

    // Makes sure that the file at the path is the one that is open: opens it, makes it, or opens the new one
    // after the old one was renamed or removed. A last line without its line feed is what a crash left of a
    // batch that nobody was told of: it is cut off. Takes the file's lock, so that no other sink and no other
    // process cuts ours.
    Problem open();
    void close() noexcept;

    // Appends `lines` (whole lines) and waits until the disk has them. On failure the file is as before.
    Problem append(std::string_view lines);

    const std::string& path() const noexcept { return path_; }
    std::uint64_t size() const noexcept { return size_; }

    // How many bytes of a torn line open() removed since forget_mending().
    std::uint64_t mended_bytes() const noexcept { return mended_bytes_; }
    void forget_mending() noexcept { mended_bytes_ = 0; }

private:
    bool still_at_path() noexcept;
    Problem open_at_path();
    Problem mend_last_line();
    Problem write_all(std::string_view lines);
    Problem problem(std::string_view doing, int error) const;

    std::string path_;
    int file_ = -1;
    std::uint64_t size_ = 0;
    std::uint64_t mended_bytes_ = 0;
};

// Makes a new or renamed name in the directory of `path` survive a power cut.
Problem sync_directory_of(const std::string& path);

}  // namespace chathook::sinks
