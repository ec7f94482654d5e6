// Remembers whether a stream ended within a line, beyond the end of the process that wrote it: the streams of
// a supervisor, a container or a terminal outlive a daemon that is killed. One thread at a time.
//
// For a regular file that can be read, its last byte tells. For pipes and sockets, a small file has a note
// for each of the last streams that a process left within a line. The file is not synced: it survives a
// killed process, and a pipe does not survive a machine that goes down.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace chathook {

class LineMemory {
public:
    // `file` is created once there is something to remember; until then its directory need not exist.
    LineMemory(std::filesystem::path file, int stream);
    ~LineMemory();
    LineMemory(const LineMemory&) = delete;
    LineMemory& operator=(const LineMemory&) = delete;

    // False if unknown, as for a stream that has no note.
    bool within_line() const noexcept { return within_line_; }

    // Best effort: errors are not reported. Free of cost while the state does not change.
    void remember(bool within_line) noexcept;

private:
    void open(int flags) noexcept;
    void find_note();

    const std::filesystem::path path_;
    std::string note_;       // what the file contains while within a line; empty: nothing is remembered
    std::size_t place_ = 0;  // index of this stream's note in the file
    int file_ = -1;
    bool within_line_ = false;
};

}  // namespace chathook
