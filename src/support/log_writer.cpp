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
#include <utility>

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

// The sink of the pool's thread. Gathers lines while more are waiting and writes them with one call when none
// is: a busy log costs few system calls, a quiet one is late by one `nap` at most.
class LogWriter::Output final : public spdlog::sinks::base_sink<std::mutex> {
public:
    Output(LineStream& stream, TellLost tell_lost, std::stop_token ending)
        : stream_(stream), tell_lost_(std::move(tell_lost)), ending_(std::move(ending)) {}

    // To be called before the first line. `pool` outlives its own thread, the only one that uses it here.
    void watch(spdlog::details::thread_pool* pool) noexcept { pool_ = pool; }

private:
    static constexpr std::size_t gather_bytes_max = 64 * 1024;

    // Slept after each write, so that the next lines gather: a line that finds this thread waiting costs a
    // wake-up, which on a busy daemon was a context switch for every webhook.
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
            gathered_ += tell_lost_(lost);
            gathered_ += '\n';
        }
        write_out();
        gathered_.clear();
    }

    // Drops what cannot be written at all (closed pipe, full disk): a log that cannot be written must not
    // stop the service. Waits for a stalled reader, but not for ever at the end of the program.
    void write_out() {
        std::string_view left = gathered_;
        if (!ending_.stop_requested()) {
            const auto written = stream_.write(left, LineStream::for_ever, ending_);
            if (written.end != LineStream::End::stopped) return;
            left.remove_prefix(written.out);
        }
        if (given_up_) return;
        const auto written = stream_.write(left, log_end_patience, {});
        given_up_ = written.end == LineStream::End::stalled;
    }

    LineStream& stream_;
    const TellLost tell_lost_;
    const std::stop_token ending_;
    spdlog::details::thread_pool* pool_ = nullptr;
    std::string gathered_;
    std::size_t lost_ = 0;
    bool given_up_ = false;  // on the last lines, at the end of the program
};

LogWriter::LogWriter(LineStream& stream, TellLost tell_lost)
    : output_(std::make_shared<Output>(stream, std::move(tell_lost), ending_.get_token())),
      pool_(std::make_shared<spdlog::details::thread_pool>(log_lines_waiting_max, 1)),
      logger_(std::make_shared<spdlog::async_logger>("chathook", output_, pool_,
                                                     spdlog::async_overflow_policy::overrun_oldest)) {
    output_->watch(pool_.get());
    logger_->set_level(spdlog::level::trace);  // log() has already filtered by level
    logger_->set_error_handler(
        [](const std::string&) {});  // spdlog's own handler would print past the format
}

LogWriter::~LogWriter() { stop(); }

void LogWriter::write(std::string_view line) {
    // The time is unused: the line contains its own.
    logger_->log(spdlog::log_clock::time_point{}, spdlog::source_loc{}, spdlog::level::info,
                 spdlog::string_view_t(line.data(), line.size()));
}

std::size_t LogWriter::lines_lost() const {
    const std::lock_guard lock(mutex_);
    return pool_ == nullptr ? lost_ : pool_->overrun_counter();
}

void LogWriter::stop() noexcept {
    if (pool_ == nullptr) return;
    ending_.request_stop();
    try {
        logger_->flush();  // queued behind the lines and before the thread's end
    } catch (...) {        // out of memory: only the lines that the thread has gathered are lost
    }
    std::shared_ptr<spdlog::details::thread_pool> ended;
    {
        const std::lock_guard lock(mutex_);
        lost_ = pool_->overrun_counter();
        ended = std::move(pool_);
    }
    ended.reset();  // waits for the thread
}

}  // namespace chathook
