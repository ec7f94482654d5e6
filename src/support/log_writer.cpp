#include "support/log_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
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

LogWriter::LogWriter(LineStream& stream, TellLost tell_lost)
    : stream_(stream), tell_lost_(std::move(tell_lost)), thread_(start_thread("log", [this] { run(); })) {}

LogWriter::~LogWriter() { stop(); }

void LogWriter::write(std::string_view line) {
    bool was_empty = false;
    {
        const std::lock_guard lock(mutex_);
        if (ended_) return;
        was_empty = waiting_.empty();
        if (waiting_.size() >= log_lines_waiting_max) {
            waiting_.pop_front();
            ++lost_;
        }
        waiting_.emplace_back(line);
    }
    if (was_empty) more_.notify_one();
}

std::size_t LogWriter::lines_lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
}

std::size_t LogWriter::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

void LogWriter::stop() noexcept {
    if (!thread_.joinable()) return;
    ending_.request_stop();
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    more_.notify_one();
    thread_.join();
}

void LogWriter::run() {
    std::string gathered;
    std::size_t reported = 0;
    for (bool goes_on = true; goes_on;) {
        goes_on = take(gathered);
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

// Waits for lines and moves them into `gathered`: a busy log costs few system calls, a quiet one is late by
// one `nap` at most. False: these are the last ones.
bool LogWriter::take(std::string& gathered) {
    std::unique_lock lock(mutex_);
    more_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
    while (!waiting_.empty() && gathered.size() < gather_bytes_max) {
        gathered += waiting_.front();
        gathered += '\n';
        waiting_.pop_front();
    }
    return !ended_ || !waiting_.empty();
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
