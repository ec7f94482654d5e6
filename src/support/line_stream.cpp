#include "support/line_stream.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include "support/file_status.hpp"

namespace chathook {

namespace {

// A pipe that poll() calls writable takes this much without blocking (PIPE_BUF, pipe(7)).
constexpr std::size_t piece_bytes = 4096;

constexpr std::chrono::seconds cut_patience{1};

enum class Kind { file, socket, pipe, other };

Kind kind_of(int descriptor) noexcept {
    struct stat status {};
    if (look_at(descriptor, status) != 0) return Kind::other;
    if (S_ISREG(status.st_mode)) return Kind::file;
    if (S_ISFIFO(status.st_mode)) return Kind::pipe;
    return S_ISSOCK(status.st_mode) ? Kind::socket : Kind::other;
}

// As much as can be written without waiting for a reader; a regular file has none. Whole lines if any fit: a
// pipe takes a piece whole or not at all, so that a killed process does not tear them.
std::string_view piece_of(Kind kind, std::string_view text) noexcept {
    if (kind == Kind::file || kind == Kind::socket) return text;
    const std::string_view piece = text.substr(0, piece_bytes);
    const std::size_t line_feed = piece.rfind('\n');
    return line_feed == std::string_view::npos ? piece : piece.substr(0, line_feed + 1);
}

bool may_end_within_line(Kind kind, std::string_view piece) noexcept {
    return kind != Kind::pipe || !piece.ends_with('\n');
}

ssize_t put_some(int descriptor, Kind kind, std::string_view piece) noexcept {
    if (kind == Kind::socket) {
        return ::send(descriptor, piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    return ::write(descriptor, piece.data(), piece.size());
}

}  // namespace

// The right to write, granted once all earlier writers are done.
class LineStream::Turn {
public:
    Turn(LineStream& stream, const Waiting& waiting) : stream_(stream) {
        std::unique_lock lock(stream_.mutex_);
        const std::uint64_t number = stream_.next_number_++;
        stream_.queue_.push_back(number);
        const auto began = Clock::now();
        while (stream_.taken_ || stream_.queue_.front() != number) {
            if (waiting.stop.stop_requested()) end_ = End::stopped;
            const auto since = std::max(began, stream_.progress_);
            if (Clock::now() - since >= waiting.patience) end_ = End::stalled;
            if (end_ != End::whole) break;
            stream_.changed_.wait_for(lock, notice);
        }
        std::erase(stream_.queue_, number);
        if (end_ == End::whole) {
            stream_.taken_ = true;
        } else {
            stream_.changed_.notify_all();
        }
    }
    ~Turn() {
        if (end_ != End::whole) return;
        const std::lock_guard lock(stream_.mutex_);
        stream_.taken_ = false;
        stream_.changed_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    End end() const noexcept { return end_; }  // whole: the turn is granted

private:
    LineStream& stream_;
    End end_ = End::whole;
};

void LineStream::go_on(std::unique_ptr<LineMemory> memory) {
    const std::lock_guard lock(mutex_);
    memory_ = std::move(memory);
    within_line_ = memory_->within_line();
    if (within_line_) rest_ = std::string("\n");
}

LineStream::Written LineStream::write(std::string_view lines, std::chrono::milliseconds patience,
                                      const std::stop_token& stop, std::uint64_t instead_of) {
    const Waiting waiting{patience, stop};
    const Turn turn(*this, waiting);
    if (turn.end() != End::whole) return {turn.end(), 0, 0, 0};
    if (instead_of != 0 && instead_of == begun_) end_rest();
    const Written before = put_rest(waiting);
    if (before.end != End::whole) return {before.end, before.error, 0, 0};
    Written written = put(lines, waiting);
    const bool within_line = written.out > 0 && written.out < lines.size() && lines[written.out - 1] != '\n';
    if (!within_line) return written;
    const std::size_t end = std::min(lines.find('\n', written.out), lines.size() - 1) + 1;
    rest_ = lines.substr(written.out, end - written.out);
    begun_ = ++lines_;
    written.out = end;
    written.begun = begun_;
    return written;
}

LineStream::Written LineStream::finish(std::uint64_t begun, std::chrono::milliseconds patience,
                                       const std::stop_token& stop) {
    const Waiting waiting{patience, stop};
    const Turn turn(*this, waiting);
    if (turn.end() != End::whole) return {turn.end(), 0, 0, begun};
    if (begun != begun_) return {};
    Written written = put_rest(waiting);
    if (written.end != End::whole) written.begun = begun;
    return written;
}

bool LineStream::cut(std::uint64_t begun) {
    std::unique_lock lock(mutex_);
    cut_ = std::max(cut_.load(), begun);  // a line with a lower number is finished or dropped
    // The writer that has the turn checks cut_ before each piece.
    if (taken_) return changed_.wait_for(lock, cut_patience, [this] { return !in_piece_; });
    if (begun == begun_) end_rest();
    return true;
}

// Replaces the rest of the begun line, if there is any, by a line feed.
void LineStream::end_rest() {
    begun_ = 0;
    if (!rest_.empty()) rest_ = std::string("\n");
}

LineStream::Written LineStream::put_rest(const Waiting& waiting) {
    while (!rest_.empty()) {
        const Written written = put(rest_, waiting, begun_);
        rest_.erase(0, written.out);
        if (begun_ == 0 || cut_ != begun_) return written;
        end_rest();
    }
    return {};
}

// Whether a piece of that line may be written. If so, end_piece() must follow.
bool LineStream::begin_piece(std::uint64_t of) {
    const std::lock_guard lock(mutex_);
    if (of != 0 && cut_ == of) return false;
    in_piece_ = true;
    return true;
}

void LineStream::end_piece(bool progress) {
    const std::lock_guard lock(mutex_);
    in_piece_ = false;
    if (progress) progress_ = Clock::now();
    changed_.notify_all();
}

// `of`: the begun line that `text` is the rest of. Returns early, with End::whole, when that line is cut.
LineStream::Written LineStream::put(std::string_view text, const Waiting& waiting, std::uint64_t of) {
    const Kind kind = kind_of(descriptor_);
    Written result;
    auto since = Clock::now();
    while (result.out < text.size()) {
        result.end = wait_until_writable(waiting, since, of);
        if (result.end != End::whole) return result;
        const std::string_view piece = piece_of(kind, text.substr(result.out));
        if (may_end_within_line(kind, piece)) remember(true);
        if (!begin_piece(of)) return result;
        const ssize_t written = put_some(descriptor_, kind, piece);
        const int error = errno;
        end_piece(written > 0);
        if (written > 0) within_line_ = piece[static_cast<std::size_t>(written) - 1] != '\n';
        remember(within_line_);
        if (written > 0) {
            result.out += static_cast<std::size_t>(written);
            since = Clock::now();
        } else if (written < 0 && error == EAGAIN) {  // another process filled it
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        } else if (written < 0 && error != EINTR) {
            result.error = error;
            result.end = End::failed;
            return result;
        }
    }
    return result;
}

// Leaves the state to the next process, in case this one ends now.
void LineStream::remember(bool within_line) noexcept {
    if (memory_) memory_->remember(within_line);
}

LineStream::End LineStream::wait_until_writable(const Waiting& waiting, Clock::time_point since,
                                                std::uint64_t of) const {
    const auto deadline = since + waiting.patience;
    while (true) {
        if (waiting.stop.stop_requested()) return End::stopped;
        if (of != 0 && cut_ == of) return End::whole;
        pollfd polled{descriptor_, POLLOUT, 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        const auto slice = std::clamp(left, std::chrono::milliseconds(0), notice);
        const int ready = ::poll(&polled, 1, static_cast<int>(slice.count()));
        if (ready > 0) return End::whole;  // an error shows when writing
        if (ready < 0 && errno != EINTR) return End::whole;
        if (left.count() <= 0) return End::stalled;
    }
}

}  // namespace chathook
