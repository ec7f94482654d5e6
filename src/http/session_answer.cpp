// A session's answers: whole ones in one system call where the kernel takes them, streams piece by piece.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "http/session.hpp"
#include "support/clock.hpp"

namespace chathook::http {

namespace asio = boost::asio;

namespace {

// A shorter body stands behind its head in one piece: copying costs less than telling the kernel of two.
constexpr std::size_t copied_bytes_max = 4096;

}  // namespace

// True: answered, and the connection goes on with the next request, as nearly always. Else finish_answer()
// has the rest to do, whatever it is.
bool Session::answer_at_once(const Reply& reply) {
    give_back();  // before the client hears of it, so that its next request finds the room
    close_ = close_ || reply.close || shared_.stopping.load();
    Framing framing;
    framing.body_bytes = reply.body.size();
    framing.close = close_;
    framing.keep_alive_named = head_.version == 10;
    out_.clear();
    append_head(out_, reply, framing, home_.date.at(about_now()));
    const bool bare = head_.method == "HEAD" || !may_have_body(reply.status);
    if (!bare && reply.body.size() <= copied_bytes_max) out_.append(reply.body);
    unsent_head_ = out_;
    unsent_body_ = bare || reply.body.size() <= copied_bytes_max ? std::string_view() : reply.body;
    error_code error;
    if (!send_some(unsent_head_, unsent_body_, error) || close_) return false;
    begin_ = next_;
    return true;
}

// True: answered, and the connection goes on with the next request.
Awaitable<bool> Session::finish_answer() {
    // g++ 12 lays out a frame wrongly where a condition awaits and no variable stands before it (its bug
    // 106188).
    const bool sent = co_await send(unsent_head_, unsent_body_);
    if (!sent) co_return false;
    begin_ = next_;
    if (!close_) co_return true;
    co_await linger();
    co_return false;
}

// Answers what http itself refuses, and closes. Always false.
Awaitable<bool> Session::refuse(Refusal refusal) {
    shared_.handler.refused(refusal.reason, refusal.status, client_);
    return answer_refusal(refusal);
}

// The same because of the body of a request that was admitted. Always false.
Awaitable<bool> Session::refuse_body(const Request& request, Refusal refusal) {
    shared_.handler.refused_body(request, refusal.reason, refusal.status,
                                 head_.content_length.value_or(body_.size()));
    return answer_refusal(refusal);
}

Awaitable<bool> Session::answer_refusal(Refusal refusal) {
    give_back();
    Reply reply = refusal_reply(refusal.status, refusal.reason);
    if (refusal.status == 405) reply.allow = shared_.allow;
    if (refusal.status == 503) reply.retry_after = std::chrono::seconds(1);
    Framing framing;
    framing.body_bytes = reply.body.size();
    framing.close = true;
    out_.clear();
    append_head(out_, reply, framing, home_.date.at(about_now()));
    idle_ = false;
    set_deadline(shared_.limits.write_timeout);
    const bool bare = head_.method == "HEAD";
    if (co_await send(out_, bare ? std::string_view() : std::string_view(reply.body))) co_await linger();
    co_return false;
}

// What the kernel takes at once of the two, which are shortened by it. True: all of it.
bool Session::send_some(std::string_view& first, std::string_view& second, error_code& error) {
    error = {};
    if (first.empty() && second.empty()) return true;
    const std::size_t taken = stream_->try_write(first, second, error);
    const std::size_t of_first = std::min(taken, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(taken - of_first);
    return first.empty() && second.empty();
}

// True: the kernel has taken all of it.
Awaitable<bool> Session::send(std::string_view first, std::string_view second) {
    error_code error;
    bool waited = false;
    while (true) {
        if (send_some(first, second, error)) co_return true;
        if (error && error != asio::error::would_block) co_return false;
        if (!std::exchange(waited, true)) set_deadline(shared_.limits.write_timeout);
        co_await stream_->ready(Stream::Direction::write, error);
        if (error || expired_) co_return false;
    }
}

// An answer without an end of its own also ends the connection. Always false.
Awaitable<bool> Session::send_stream(const Reply& reply) {
    give_back();
    Framing framing;
    framing.body = head_.version == 11 ? Framing::Body::chunked : Framing::Body::until_closed;
    framing.close = true;
    out_.clear();
    append_head(out_, reply, framing, home_.date.at(about_now()));
    if (!co_await send(out_, {}) || head_.method == "HEAD") co_return false;

    const bool chunked = framing.body == Framing::Body::chunked;
    const auto executor = home_.context.get_executor();
    streaming_ = true;
    asio::co_spawn(
        executor, [self = shared_from_this()] { return self->watch_client(); }, asio::detached);
    bool whole = true;
    while (!client_left_ && !shared_.stopping.load()) {
        no_deadline();
        std::optional<std::string> piece;
        try {
            piece = co_await asio::co_spawn(executor, reply.stream->next(),
                                            asio::bind_cancellation_slot(stream_end_.slot(), use_awaitable));
        } catch (const std::exception&) {
            whole = shared_.stopping.load();  // cancelled, or the stream failed: then its end is not claimed
            break;
        }
        if (!piece) break;
        if (piece->empty()) continue;
        out_ = chunked ? chunk_head(piece->size()) : std::string();
        if (chunked) piece->append(chunk_tail);
        if (!co_await send(out_, *piece)) co_return streaming_ = false;
    }
    streaming_ = false;
    if (client_left_ || !whole) co_return false;
    if (!chunked || co_await send(last_chunk, {})) co_await linger();
    co_return false;
}

// While an answer streams, the client has nothing to say but that it leaves. What it says is dropped.
Awaitable<> Session::watch_client() {
    std::array<char, 512> dropped{};
    error_code error;
    while (streaming_) {
        co_await stream_->ready(Stream::Direction::read, error);
        if (!streaming_) break;
        if (!error) stream_->try_read(asio::buffer(dropped), error);
        if (!error || error == asio::error::would_block) continue;
        client_left_ = true;
        stream_end_.emit(asio::cancellation_type::terminal);
        break;
    }
}

// Ends the connection so that the answer arrives: closing a socket with unread bytes in it would send a reset
// that overtakes the answer (RFC 9112, 9.6).
Awaitable<> Session::linger() {
    stream_->shutdown_send();
    set_deadline(shared_.limits.linger_timeout);
    std::size_t dropped = 0;
    while (dropped < shared_.limits.linger_bytes) {
        const std::size_t size = co_await read_into(buffer_.data(), buffer_.size());
        if (size == 0) break;
        dropped += size;
    }
}

}  // namespace chathook::http
