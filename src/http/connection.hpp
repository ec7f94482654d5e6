// One connection as its session uses it: bytes received but not yet consumed, the peer, the deadline, and how
// it ends. Of HTTP it knows only the number of requests. Used on its home's thread only.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/home.hpp"
#include "net/read_buffer.hpp"
#include "net/stream.hpp"
#include "support/log_keys.hpp"

namespace chathook::http {

using boost::system::error_code;

class Connection {
public:
    using Clock = std::chrono::steady_clock;

    // `peer`: none for a UNIX socket.
    Connection(Home& home, std::unique_ptr<net::Stream> stream, std::optional<boost::asio::ip::address> peer);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Must be called first: names the session that owns this. The session stays alive while the timer runs.
    void belong_to(std::weak_ptr<void> session) noexcept { session_ = std::move(session); }

    // A pointer to a part of the same session that keeps the whole session alive.
    template <class Part>
    std::shared_ptr<Part> keep(Part& part) const noexcept {
        return {session_.lock(), &part};
    }

    // Receives what comes before the first request: the PROXY header and the TLS handshake, if configured.
    // False: the connection is to be closed.
    Awaitable<bool> enter();

    Home& home() const noexcept { return home_; }
    const std::optional<boost::asio::ip::address>& peer() const noexcept { return peer_; }
    const std::string& peer_text() const noexcept { return peer_text_; }
    std::uint64_t requests() const noexcept { return requests_; }
    void count_request() noexcept { ++requests_; }

    // Idle: not a byte has arrived of the next request or, before the first one, at all.
    bool idle() const noexcept { return idle_; }
    void set_idle(bool idle) noexcept { idle_ = idle; }

    // Reading heads as net::Stream does, without awaiting what is already there.
    net::ReadBuffer& buffer() noexcept { return buffer_; }
    void make_room();  // in the buffer; invalidates pointers into it
    bool has_input() const noexcept { return stream_->has_input(); }
    void acknowledge() noexcept { stream_->acknowledge(); }
    std::size_t try_read(std::span<char> to, error_code& error);
    Awaitable<> ready_to_read(error_code& error) {
        return stream_->ready(net::Stream::Direction::read, error);
    }

    // Waits for some bytes. 0: the peer ended, the connection failed, the deadline expired, or reading was
    // interrupted. Use read_more() for the next piece of a body that the client may be holding back until the
    // last piece is acknowledged.
    Awaitable<std::size_t> read_into(std::span<char> to);
    Awaitable<std::size_t> read_more(std::span<char> to);

    // Stops reading from outside; go_on() allows it again.
    void interrupt() noexcept;
    bool interrupted() const noexcept { return interrupted_; }
    void go_on() noexcept { interrupted_ = false; }

    // Writes two pieces, either possibly empty. send_some() writes what the kernel takes at once and shortens
    // the pieces by it; send() writes all, waiting at most write_timeout. True: all of both was taken.
    bool send_some(std::string_view& first, std::string_view& second, error_code& error);
    Awaitable<bool> send(std::string_view first, std::string_view second);

    // The deadline of all waiting. Once it has expired, reading fails until the next one is set.
    void set_deadline(std::chrono::milliseconds from_now);
    void no_deadline() noexcept { deadline_ = Clock::time_point::max(); }
    Clock::time_point deadline() const noexcept { return deadline_; }
    bool expired() const noexcept { return expired_; }

    // Half-closes the connection and waits for the peer to close it: part() if it is silent, linger() after
    // its last answer. end() closes it.
    Awaitable<> part();
    Awaitable<> linger();
    void end() noexcept;

    // In a stop, a silent connection may begin no request any more: it ends. What has begun goes on,
    // including a handshake and the request that follows it.
    void end_drain() noexcept;

    // Closes the socket, whatever is waiting for it.
    void cut() noexcept { stream_->close(); }

private:
    using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

    Awaitable<bool> receive_proxy_header();
    Awaitable<bool> shake_hands(net::TlsContext context);
    void complain(LogPace& pace, LogKey what, std::string_view why);
    void arm();
    void on_timer();

    Home& home_;
    Shared& shared_;
    std::weak_ptr<void> session_;
    std::unique_ptr<net::Stream> stream_;
    net::ReadBuffer buffer_;
    std::optional<boost::asio::ip::address> peer_;  // or the client that it names (PROXY protocol)
    std::string peer_text_;
    std::uint64_t requests_ = 0;
    bool idle_ = true;
    bool interrupted_ = false;
    bool lingering_ = false;  // the last answer is sent; reading until the client has got it

    // The one timer is not moved when a deadline moves further away; it checks again when it fires.
    Timer timer_;
    Clock::time_point deadline_ = Clock::time_point::max();
    Clock::time_point armed_ = Clock::time_point::max();
    bool expired_ = false;
};

}  // namespace chathook::http
