#include "support/log_writer.hpp"

#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "support/free_memory.hpp"
#include "support/threads.hpp"

namespace chathook {
namespace {

constexpr std::size_t gather_bytes_max = 64 * 1024;

// Slept after each write, so that the next lines gather: a line that finds this thread waiting costs a
// wake-up, which on a busy daemon was a context switch for every webhook.
constexpr std::chrono::milliseconds nap{2};

}  // namespace

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

// The logger's sink: the lines that wait. It takes memory for these alone, where the queue of spdlog's own
// asynchronous logger is allocated whole: 3.3 MiB.
class LogWriter::Waiting final : public spdlog::sinks::base_sink<std::mutex> {
public:
    // Waits for lines and moves them into `gathered`: a busy log costs few system calls, a quiet one is late
    // by one `nap` at most. False: these are the last ones.
    bool take(std::string& gathered) {
        std::unique_lock lock(mutex_);
        more_.wait(lock, [this] { return ended_ || !lines_.empty(); });
        while (!lines_.empty() && gathered.size() < gather_bytes_max) {
            gathered += lines_.front();
            gathered += '\n';
            lines_.pop_front();
        }
        return !ended_ || !lines_.empty();
    }

    void end() {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        more_.notify_one();
    }

    std::size_t lost() {
        const std::lock_guard lock(mutex_);
        return lost_;
    }

    std::size_t size() {
        const std::lock_guard lock(mutex_);
        return lines_.size();
    }

private:
    // Called with the mutex held.
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (ended_) return;
        if (lines_.size() >= log_lines_waiting_max) {
            lines_.pop_front();
            ++lost_;
        }
        lines_.emplace_back(message.payload.data(), message.payload.size());
        if (lines_.size() == 1) more_.notify_one();
    }
    void flush_() override {}

    std::condition_variable more_;
    std::deque<std::string> lines_;
    std::size_t lost_ = 0;
    bool ended_ = false;
};

LogWriter::LogWriter(LineStream& stream, TellLost tell_lost)
    : stream_(stream),
      tell_lost_(std::move(tell_lost)),
      waiting_(std::make_shared<Waiting>()),
      logger_(std::make_shared<spdlog::logger>("chathook", waiting_)),
      thread_(start_thread("log", [this] { run(); })) {
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

std::size_t LogWriter::lines_lost() const { return waiting_->lost(); }

std::size_t LogWriter::waiting() const { return waiting_->size(); }

void LogWriter::stop() noexcept {
    if (!thread_.joinable()) return;
    ending_.request_stop();
    waiting_->end();
    thread_.join();
}

void LogWriter::run() {
    std::string gathered;
    std::size_t reported = 0;
    for (bool goes_on = true; goes_on;) {
        goes_on = waiting_->take(gathered);
        if (const std::size_t lost = lines_lost(); lost != reported) {
            reported = lost;
            gathered += tell_lost_(lost);
            gathered += '\n';
        }
        write_out(gathered);
        if (gathered.capacity() > gather_bytes_max) free_memory(gathered);
        gathered.clear();
        if (goes_on) std::this_thread::sleep_for(nap);
    }
}

// Drops what cannot be written at all (closed pipe, full disk): a log that cannot be written must not stop
// the service. Waits for a stalled reader, but not for ever at the end of the program.
void LogWriter::write_out(std::string_view lines) {
    if (!ending_.stop_requested()) {
        const auto written = stream_.write(lines, LineStream::for_ever, ending_.get_token());
        if (written.end != LineStream::End::stopped) return;
        lines.remove_prefix(written.out);
    }
    if (given_up_) return;
    const auto written = stream_.write(lines, log_end_patience, {});
    given_up_ = written.end == LineStream::End::stalled;
}

}  // namespace chathook
