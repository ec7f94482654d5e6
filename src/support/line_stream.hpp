// Writes whole lines to a file descriptor that several threads share, such as the log and a stdout sink where
// standard output and standard error are one stream. A line that was written in part is finished by the next
// writer before another line begins. Writers take turns in the order of their calls. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

#include "support/line_memory.hpp"

namespace chathook {

class LineStream {
public:
    // How long a stop request and the end of another writer's turn may go unnoticed.
    static constexpr std::chrono::milliseconds notice{50};

    // The patience of a writer that never gives up.
    static constexpr std::chrono::milliseconds for_ever{std::chrono::hours(24 * 365)};

    // `descriptor` stays the caller's and stays open as long as this lives.
    explicit LineStream(int descriptor) noexcept : descriptor_(descriptor) {}
    LineStream(const LineStream&) = delete;
    LineStream& operator=(const LineStream&) = delete;

    // Continues a stream that an earlier process wrote to: if that process left it within a line, a line feed
    // ends that line before the next one. To be called before the first write().
    void go_on(std::unique_ptr<LineMemory> memory);

    enum class End {
        whole,    // everything is written
        stopped,  // `stop` was requested
        stalled,  // the reader took nothing for `patience`
        failed,   // `error` says why
    };
    struct Written {
        End end = End::whole;
        int error = 0;            // an errno, with End::failed
        std::size_t out = 0;      // leading bytes that are written, or that the stream keeps and will write
        std::uint64_t begun = 0;  // the line that is written in part, for finish(); 0: none
    };

    // Writes whole lines, each with its line feed. If it ends within a line, the stream keeps the rest of
    // that line in memory and writes it before anything else. `instead_of`: a begun line that is not to be
    // finished any more; a line feed ends the part that is written.
    Written write(std::string_view lines, std::chrono::milliseconds patience, const std::stop_token& stop,
                  std::uint64_t instead_of = 0);

    // Drops the rest of a begun line, which nobody must read any more: a line feed ends the written part
    // before the next line. Does not wait for a turn. Once this returns true, nothing more of the line is
    // written; false: a piece of at most 4096 bytes (for a pipe) was being written for more than a second,
    // and may still get out. A line that was cut must not be passed to finish().
    bool cut(std::uint64_t begun);

    // Writes the rest of a begun line, unless another writer has done so in the meantime.
    Written finish(std::uint64_t begun, std::chrono::milliseconds patience, const std::stop_token& stop);

private:
    using Clock = std::chrono::steady_clock;
    class Turn;
    struct Waiting {
        std::chrono::milliseconds patience;
        const std::stop_token& stop;
    };

    Written put_rest(const Waiting& waiting);
    void end_rest();
    Written put(std::string_view text, const Waiting& waiting, std::uint64_t of = 0);
    bool begin_piece(std::uint64_t of);
    void end_piece(bool progress);
    void remember(bool within_line) noexcept;
    End wait_until_writable(const Waiting& waiting, Clock::time_point since, std::uint64_t of) const;

    const int descriptor_;

    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::deque<std::uint64_t> queue_;  // numbers of the waiting writers, next one first
    std::uint64_t next_number_ = 1;
    bool taken_ = false;
    Clock::time_point progress_{};  // when the reader last took bytes
    bool in_piece_ = false;         // a thread is in a system call that writes

    std::atomic<std::uint64_t> cut_{0};  // the newest line passed to cut(); changed under the mutex only

    // These belong to the writer that has the turn; while none has it, to the holder of the mutex.
    std::string rest_;          // unwritten part of the begun line; empty: the last line is whole
    std::uint64_t begun_ = 0;   // the line that `rest_` belongs to; 0: none that finish() or cut() knows
    std::uint64_t lines_ = 0;   // number of lines that were begun and not finished at once
    bool within_line_ = false;  // the last byte written is not a line feed
    std::unique_ptr<LineMemory> memory_;  // null: the state is not kept beyond this process
};

}  // namespace chathook
