// A file of lines with durable appends: a batch of lines is either completely in it and on the disk, or not
// at all. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <chathook/event.hpp>

#include "support/file_claim.hpp"

namespace chathook::sinks {

// What went wrong, in one plain sentence; nullopt: nothing.
using Problem = std::optional<std::string>;

// What open() found torn at the end of the file and cut off.
struct Mended {
    std::uint64_t bytes = 0;
    std::string kept_in;  // the file that now holds these bytes; empty: they were all zeros
};

class AppendFile {
public:
    explicit AppendFile(std::string path) : path_(std::move(path)) {}
    ~AppendFile() { close(); }
    AppendFile(const AppendFile&) = delete;
    AppendFile& operator=(const AppendFile&) = delete;

    // `judge` is called each time before the file is opened; what it returns is the problem.
    void be_judged_by(std::function<Problem()> judge) { judge_ = std::move(judge); }

    // Makes sure that the open file is the one at the path: opens or creates it, or opens the new one after
    // the old one was renamed or removed. A last line of ours without its line feed is the rest of a batch
    // that a crash interrupted and that was never acknowledged: it is moved to a file of its own,
    // path.torn-TIME. A last line without line feed that is not ours is a problem, and left alone. Takes the
    // file's lock, so that no other sink or process truncates it.
    Problem open();
    void close() noexcept;

    // Appends these lines, which are without their line feeds, and waits until the disk has them. On failure
    // the file is as before.
    Problem append(std::span<const std::string_view> lines);

    // Appends an event's line in pieces, without building the whole line in memory.
    Problem append_line(const Event& event);

    const std::string& path() const noexcept { return path_; }
    std::uint64_t size() const noexcept { return size_; }

    // The path of the open file with symbolic links resolved.
    const std::string& real_path() const noexcept { return real_path_; }

    // Whether the open file is empty or begins with an event of ours.
    bool begins_with_event() const noexcept;

    // What open() has repaired since the last call.
    std::optional<Mended> take_mended() noexcept { return std::exchange(mended_, std::nullopt); }

private:
    bool still_at_path() noexcept;
    Problem open_at_path();
    Problem examine(const std::optional<FileId>& expected);
    Problem mend_last_line();
    bool is_torn_event(std::uint64_t start, std::string_view rest) const noexcept;
    Problem keep_torn(std::string_view rest, Mended& mended) const;
    Problem write_all(std::string_view bytes);
    Problem write_lines(std::span<const std::string_view> lines);
    Problem write_line(const Event& event);
    Problem keep(Problem failure, std::uint64_t bytes);
    Problem problem(std::string_view doing, int error) const;

    std::string path_;
    std::string real_path_;
    std::function<Problem()> judge_;
    int file_ = -1;
    std::uint64_t size_ = 0;
    std::string gathered_;  // lines of one write
    std::optional<Mended> mended_;
};

// Makes a new or renamed name in the directory of `path` survive a power cut.
Problem sync_directory_of(const std::string& path);

}  // namespace chathook::sinks
