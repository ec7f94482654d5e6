// The thread that writes the log to a file descriptor. write() from any thread; the rest from the one that
// made it.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace chathook {

inline constexpr std::size_t log_lines_waiting_max = 8192;

// Puts all of `bytes` into `fd`, whatever it takes; gives up on what cannot be written at all (closed pipe,
// full disk): a log that cannot be written must not stop the service.
void write_all(int fd, std::string_view bytes) noexcept;

class LogWriter {
public:
    // `fd` stays open as long as this lives.
    explicit LogWriter(int fd);
    ~LogWriter();
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    // Queues one line (without its line feed). Never waits: when the queue is full, the oldest line goes, and
    // a line with `event` log_overrun tells how many have gone so far.
    void write(std::string_view line);

    // Writes what is queued and ends the thread; what comes later is dropped. Once.
    void stop() noexcept;

private:
    class Output;

    std::shared_ptr<Output> output_;
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace chathook
