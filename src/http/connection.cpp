#include "http/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

#include "support/clock.hpp"

namespace chathook::http {

namespace asio = boost::asio;

Connection::Connection(Home& home, std::unique_ptr<net::Stream> stream, std::optional<asio::ip::address> peer)
    : home_(home),
      shared_(home.shared),
      stream_(std::move(stream)),
      buffer_(home.spare),
      peer_(std::move(peer)),
      peer_text_(peer_ ? peer_->to_string() : "unix"),
      timer_(home.context) {}

// The limit on heads bounds the buffer; one byte more shows that a head is too long.
void Connection::make_room() { buffer_.make_room(shared_.gate.head_bytes + 1); }

std::size_t Connection::try_read(std::span<char> to, error_code& error) {
    return stream_->try_read(asio::buffer(to.data(), to.size()), error);
}

Awaitable<std::size_t> Connection::read_into(std::span<char> to) {
    error_code error;
    while (!expired_ && !interrupted_) {
        co_await stream_->ready(net::Stream::Direction::read, error);
        if (error || expired_ || interrupted_) break;
        const std::size_t got = try_read(to, error);
        if (!error) co_return got;
        if (error != asio::error::would_block) break;
    }
    co_return 0;
}

Awaitable<std::size_t> Connection::read_more(std::span<char> to) {
    stream_->acknowledge();
    return read_into(to);
}

void Connection::interrupt() noexcept {
    interrupted_ = true;
    stream_->cancel();
}

bool Connection::send_some(std::string_view& first, std::string_view& second, error_code& error) {
    error = {};
    if (first.empty() && second.empty()) return true;
    const std::size_t taken = stream_->try_write(first, second, error);
    const std::size_t of_first = std::min(taken, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(taken - of_first);
    return first.empty() && second.empty();
}

Awaitable<bool> Connection::send(std::string_view first, std::string_view second) {
    error_code error;
    bool waited = false;
    while (true) {
        if (send_some(first, second, error)) co_return true;
        if (error && error != asio::error::would_block) co_return false;
        if (!std::exchange(waited, true)) set_deadline(shared_.limits.write_timeout);
        co_await stream_->ready(net::Stream::Direction::write, error);
        if (error || expired_) co_return false;
    }
}

void Connection::set_deadline(std::chrono::milliseconds from_now) {
    expired_ = false;
    deadline_ = about_steady_now() + from_now;
    if (deadline_ < armed_) arm();
}

void Connection::arm() {
    armed_ = deadline_;
    timer_.expires_at(deadline_);
    timer_.async_wait([self = keep(*this)](const error_code& error) {
        if (error != asio::error::operation_aborted) self->on_timer();
    });
}

void Connection::on_timer() {
    armed_ = Clock::time_point::max();
    if (deadline_ == Clock::time_point::max()) return;
    if (Clock::now() < deadline_) {
        arm();
        return;
    }
    // A request that came at the last moment counts as in time: the client was told that we keep the
    // connection.
    if (idle_ && requests_ > 0 && stream_->has_input()) {
        set_deadline(shared_.limits.header_timeout);
        return;
    }
    expired_ = true;
    no_deadline();
    stream_->cancel();
}

void Connection::end_drain() noexcept {
    if (idle_ && !stream_->has_input()) stream_->cancel();
    if (lingering_ && deadline_ > Clock::now() + shared_.limits.farewell_timeout) {
        set_deadline(shared_.limits.farewell_timeout);
    }
}

// Ends a silent connection. What the client sends before it notices cannot be answered any more, but is read:
// closing a socket with unread bytes would send a reset, which some clients take for a broken server, whereas
// after an end between two requests they try again.
Awaitable<> Connection::part() {
    idle_ = false;
    make_room();
    stream_->shutdown_send();
    set_deadline(shared_.limits.farewell_timeout);
    const std::span<char> dropped = buffer_.memory_from(0);
    std::size_t size = dropped.size();
    while (size != 0) size = co_await read_into(dropped);
}

// Ends the connection so that the answer arrives: closing a socket with unread bytes in it would send a reset
// that overtakes the answer (RFC 9112, 9.6). A client that sends everything before it reads may be megabytes
// behind, so time is the bound and not bytes; a session costs only its read buffer meanwhile, and the number
// of such sessions is bounded for all clients together.
Awaitable<> Connection::linger() {
    struct Place {
        explicit Place(Shared& all) : shared(all), free(all.lingering.fetch_add(1) < all.limits.lingering) {}
        ~Place() { shared.lingering.fetch_sub(1); }
        Shared& shared;
        bool free;
    };
    const Place place(shared_);
    stream_->shutdown_send();
    lingering_ = true;
    set_deadline(shared_.drained ? shared_.limits.farewell_timeout : shared_.limits.linger_timeout);
    std::size_t dropped = 0;
    while (place.free || dropped < shared_.limits.linger_bytes) {
        const std::size_t size = co_await read_into(buffer_.memory_from(0));
        if (size == 0) break;
        dropped += size;
    }
}

void Connection::end() noexcept {
    timer_.cancel();
    stream_->close();
}

}  // namespace chathook::http
