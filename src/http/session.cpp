#include "http/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include "http/second_opinion.hpp"
#include "support/clock.hpp"
#include "support/log.hpp"

namespace chathook::http {

namespace asio = boost::asio;

Session::Session(Home& home, std::unique_ptr<Stream> stream, std::optional<asio::ip::address> peer)
    : home_(home),
      shared_(home.shared),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      peer_text_(peer_ ? peer_->to_string() : "unix"),
      buffer_(home_.spare_buffers.take(shared_.limits.read_buffer_bytes)),
      timer_(home.context) {
    home_.sessions.insert(this);
}

Session::~Session() {
    give_back();
    home_.spare_buffers.give(std::move(buffer_), shared_.limits.read_buffer_bytes);
    home_.sessions.erase(this);
    shared_.connection_left();
}

void Session::start() {
    asio::co_spawn(
        home_.context.get_executor(), [self = shared_from_this()] { return self->run(); }, asio::detached);
}

void Session::end_soon() noexcept {
    if (idle_) stream_->cancel();
    if (streaming_) stream_end_.emit(asio::cancellation_type::terminal);
}

void Session::cut() noexcept {
    client_left_ = true;
    stream_->close();
    if (streaming_) stream_end_.emit(asio::cancellation_type::terminal);
}

Awaitable<> Session::run() {
    try {
        if (co_await enter()) co_await serve();
    } catch (const std::exception& error) {
        log(LogLevel::error, "connection failed", {{"client", peer_text_}, {"error", error.what()}});
    }
    timer_.cancel();
    stream_->close();
}

// Requests from their first byte to their answer, one after the other, until the connection is to be closed.
// What mostly is there at once, the body and room for the answer, is tried before a coroutine waits for it: a
// frame for each would cost more than the work.
Awaitable<> Session::serve() {
    while (co_await receive_head()) {
        Request request = begin_request();
        std::optional<Reply> reply =
            shared_.handler.admit(request, {head_.content_length, head_.chunked, head_.expect_continue});
        if (reply) {
            if (!skip_buffered_body()) close_ = true;
        } else {
            bool whole = body_has_come(request);
            if (!whole) whole = co_await receive_body(request);
            if (!whole) co_return;
            no_deadline();
            try {
                reply = co_await shared_.handler.handle(request);
            } catch (const std::exception& error) {
                log(LogLevel::error, "handler failed",
                    {{"client", std::string(client_)}, {"error", error.what()}});
            }
        }
        if (!reply) {
            co_await refuse({500, "handler_failed"});
            co_return;
        }
        if (reply->stream) {
            co_await send_stream(*reply);
            co_return;
        }
        if (answer_at_once(*reply)) continue;
        if (!co_await finish_answer()) co_return;
    }
}

Request Session::begin_request() {
    Request request;
    request.method = head_.method;
    request.path = head_.path;
    request.query = head_.query;
    request.fields = head_.fields;
    request.client = client_;
    request.received = now();
    ++requests_;
    close_ = !head_.keep_alive || requests_ >= shared_.limits.requests_per_connection;
    return request;
}

// Reads until a head is complete and has passed both parsers. False: the connection is to be closed.
Awaitable<bool> Session::receive_head() {
    client_ = peer_text_;
    head_.method = {};
    idle_ = begin_ == end_;
    if (requests_ > 0) set_deadline(idle_ ? shared_.limits.idle_timeout : shared_.limits.header_timeout);
    if (idle_ && shared_.stopping.load()) co_return false;
    HeadProgress progress;
    while (true) {
        if (begin_ != end_) {
            if (const auto refusal = find_head_end(received(), shared_.gate, progress)) {
                co_return co_await refuse(*refusal);
            }
            if (progress.size != 0) break;
            if (idle_ && requests_ > 0) set_deadline(shared_.limits.header_timeout);
            idle_ = false;
        }
        if (begin_ == end_) rest();
        error_code error;
        co_await stream_->ready(Stream::Direction::read, error);
        if (error || expired_ || !read_more_of_head()) {
            if (expired_ && !idle_) co_return co_await refuse({408, "header_timeout"});
            co_return false;
        }
    }
    idle_ = false;
    body_at_ = next_ = begin_ + progress.size;
    constexpr std::size_t room_for_chunks = 1024;
    if (buffer_.size() - body_at_ < room_for_chunks)
        buffer_.resize(body_at_ + room_for_chunks, boost::container::default_init);

    const std::string_view bytes = received().substr(0, progress.size);
    auto refusal = read_head(bytes, shared_.gate, head_);
    if (!refusal && !beast_agrees(bytes, shared_.gate, head_)) refusal = Refusal{400, "parsers_disagree"};
    if (refusal) co_return co_await refuse(*refusal);
    find_client();
    co_return true;
}

// There may be thousands of idle connections, so none of them holds a buffer.
void Session::rest() {
    begin_ = end_ = 0;
    home_.spare_buffers.give(std::exchange(buffer_, {}), shared_.limits.read_buffer_bytes);
}

// Reads behind what has come, if there is anything to be read. False: the peer ended, or the connection
// failed.
bool Session::read_more_of_head() {
    make_room();
    error_code error;
    const std::size_t got =
        stream_->try_read(asio::buffer(buffer_.data() + end_, buffer_.size() - end_), error);
    if (!error) end_ += got;
    return !error || error == asio::error::would_block;
}

// Called before anything points into the buffer.
void Session::make_room() {
    if (buffer_.empty()) buffer_ = home_.spare_buffers.take(shared_.limits.read_buffer_bytes);
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == buffer_.size()) {
        buffer_.resize(std::min(2 * end_, shared_.gate.head_bytes + 1), boost::container::default_init);
    }
}

// 0: the peer ended, the connection failed, or the deadline expired.
Awaitable<std::size_t> Session::read_into(char* to, std::size_t size) {
    error_code error;
    while (!expired_) {
        co_await stream_->ready(Stream::Direction::read, error);
        if (error || expired_) break;
        const std::size_t got = stream_->try_read(asio::buffer(to, size), error);
        if (!error) co_return got;
        if (error != asio::error::would_block) break;
    }
    co_return 0;
}

void Session::find_client() {
    if (peer_ && !shared_.trusted.contains(*peer_)) return;
    if (const auto client = client_address(shared_.trusted, peer_, head_.fields)) {
        client_text_ = client->to_string();
        client_ = client_text_;
    }
}

void Session::set_deadline(std::chrono::milliseconds from_now) {
    expired_ = false;
    deadline_ = about_steady_now() + from_now;
    if (deadline_ < armed_) arm();
}

void Session::arm() {
    armed_ = deadline_;
    timer_.expires_at(deadline_);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
        if (error != asio::error::operation_aborted) self->on_timer();
    });
}

void Session::on_timer() {
    armed_ = Clock::time_point::max();
    if (deadline_ == Clock::time_point::max()) return;
    if (Clock::now() < deadline_) {
        arm();
        return;
    }
    expired_ = true;
    no_deadline();
    stream_->cancel();
}

}  // namespace chathook::http
