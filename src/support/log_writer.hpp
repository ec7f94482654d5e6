// The thread that writes the log to a stream. write() and lines_lost(): any thread; everything else: the
// thread that constructed it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "support/line_stream.hpp"

namespace spdlog {
class logger;
}

namespace chathook {

inline constexpr std::size_t log_lines_waiting_max = 8192;

// How long the program waits at its end for a reader that does not take the last lines of the log.
inline constexpr std::chrono::milliseconds log_end_patience{500};

// Writes all of `bytes` to `fd`, waiting while it is full. Gives up if `fd` cannot be written at all (closed
// pipe, full disk): a log that cannot be written must not stop the service.
void write_all(int fd, std::string_view bytes) noexcept;

// How many log lines were dropped since start_log() (log.hpp) because the reader did not take them. Any
// thread.
std::size_t log_lines_lost();

class LogWriter {
public:
    // Returns the line that reports how many lines were lost so far, without its line feed.
    using TellLost = std::function<std::string(std::size_t lines)>;

    // `stream` outlives this.
    LogWriter(LineStream& stream, TellLost tell_lost);
    ~LogWriter();
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    // Queues one line (without its line feed). Never waits: when the queue is full, the oldest line is
    // dropped, and the line of `tell_lost` is written when the stream takes lines again.
    void write(std::string_view line);

    // How many lines were dropped so far, reported or not.
    std::size_t lines_lost() const;

    // How many lines are queued now.
    std::size_t waiting() const;

    // Writes what is queued and ends the thread; later lines are dropped. Gives up on a reader that takes
    // nothing for log_end_patience. A second call has no effect.
    void stop() noexcept;

private:
    class Waiting;

    void run();
    void write_out(std::string_view lines);

    LineStream& stream_;
    const TellLost tell_lost_;
    std::stop_source ending_;
    bool given_up_ = false;  // on the last lines, at the end of the program; the writer's thread only
    const std::shared_ptr<Waiting> waiting_;
    const std::shared_ptr<spdlog::logger> logger_;
    std::jthread thread_;
};

}  // namespace chathook
