#include "support/log_writer.hpp"

#include <poll.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>

#include "support/clock.hpp"
#include "support/log_line.hpp"

namespace chathook {

void write_all(int fd, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd writable{fd, POLLOUT, 0};
            ::poll(&writable, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

// What the pool's thread writes into. Lines are gathered while more of them wait and go out in one write when
// none does: a busy log costs few system calls, a quiet one is at most a nap late.
class LogWriter::Output final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit Output(int fd) : fd_(fd) {}

    // Before the first line. `pool` outlives its own thread, the only one that asks it.
    void watch(spdlog::details::thread_pool* pool) noexcept { pool_ = pool; }

private:
    static constexpr std::size_t gather_bytes_max = 64 * 1024;

    // After each write, so that the next lines gather: a line that finds this thread waiting costs a wake-up,
    // and on a busy daemon that was a context switch for every webhook.
    static constexpr std::chrono::milliseconds nap{2};

    void sink_it_(const spdlog::details::log_msg& message) override {
        gathered_.append(message.payload.data(), message.payload.size());
        gathered_ += '\n';
        if (gathered_.size() < gather_bytes_max && pool_->queue_size() != 0) return;
        flush_();
        std::this_thread::sleep_for(nap);
    }

    void flush_() override {
        if (const std::size_t lost = pool_->overrun_counter(); lost != lost_) {
            lost_ = lost;
            const std::string count = std::to_string(lost);
            const LogField total{"lines_lost", count};
            gathered_ += text_line(now(), LogLevel::warning, "log_overrun", {&total, 1}, false);
            gathered_ += '\n';
        }
        write_all(fd_, gathered_);
        gathered_.clear();
    }

    int fd_;
    spdlog::details::thread_pool* pool_ = nullptr;
    std::string gathered_;
    std::size_t lost_ = 0;
};

LogWriter::LogWriter(int fd)
    : output_(std::make_shared<Output>(fd)),
      pool_(std::make_shared<spdlog::details::thread_pool>(log_lines_waiting_max, 1)),
      logger_(std::make_shared<spdlog::async_logger>("chathook", output_, pool_,
                                                     spdlog::async_overflow_policy::overrun_oldest)) {
    output_->watch(pool_.get());
    logger_->set_level(spdlog::level::trace);  // log() has already chosen
    logger_->set_error_handler(
        [](const std::string&) {});  // spdlog's own handler would print past the format
}

LogWriter::~LogWriter() { stop(); }

void LogWriter::write(std::string_view line) {
    // With a time that nobody reads: the line has its own.
    logger_->log(spdlog::log_clock::time_point{}, spdlog::source_loc{}, spdlog::level::info,
                 spdlog::string_view_t(line.data(), line.size()));
}

void LogWriter::stop() noexcept {
    if (pool_ == nullptr) return;
    try {
        logger_->flush();  // queued behind the lines, in front of the thread's end
    } catch (...) {        // no memory for it: what the thread has gathered is lost, nothing else
    }
    pool_.reset();
}

}  // namespace chathook
