#include "http/acceptor.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <cerrno>
#include <cstring>
#include <utility>

#include "net/address.hpp"
#include "support/error_text.hpp"
#include "support/log.hpp"

namespace chathook::http {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds exhausted_pause{100};
constexpr std::chrono::seconds complaint_interval{1};

// More than a listening socket's queue ever holds, but bounded: new connections cannot keep a stop from
// ending.
constexpr std::size_t last_connections_max = 4096;

Descriptor open_reserve() { return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

std::optional<asio::ip::address> peer_address(const ::sockaddr_storage& storage, ::socklen_t size) {
    if (storage.ss_family != AF_INET && storage.ss_family != AF_INET6) return std::nullopt;
    asio::ip::tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), &storage, std::min<std::size_t>(size, endpoint.capacity()));
    endpoint.resize(size);
    return net::unmapped(endpoint.address());
}

// On TCP this bounds only what is not sent yet, not what is in flight to the client; a UNIX socket has only
// its send buffer.
void bound_unsent(int socket, int family, std::size_t bytes) noexcept {
    if (bytes == 0) return;
    const int most = static_cast<int>(bytes);
    if (family == AF_UNIX) {
        ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &most, sizeof most);
    } else {
        ::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most, sizeof most);
    }
}

}  // namespace

Acceptor::Door::Door(Home& home, net::Listener opened)
    : listener(std::move(opened)), watch(home.context, listener.socket.release()) {}

Acceptor::Acceptor(Home& home, std::vector<std::unique_ptr<Home>>& homes, std::size_t connections_max)
    : home_(home),
      homes_(homes),
      connections_max_(connections_max),
      reserve_(open_reserve()),
      room_(home.context, Clock::time_point::max()),
      pause_(home.context) {}

Acceptor::~Acceptor() { close(); }

void Acceptor::add(net::Listener listener) {
    doors_.push_back(std::make_unique<Door>(home_, std::move(listener)));
    ++open_doors_;
}

void Acceptor::start() {
    for (const auto& door : doors_) {
        asio::co_spawn(
            home_.context, [this, &door = *door] { return accept_on(door); }, asio::detached);
    }
}

void Acceptor::take_last() noexcept {
    ending_ = true;
    for (const auto& door : doors_) {
        if (door->listener.inherited) {
            close(*door);
            continue;
        }
        door->last = last_connections_max;
        if (!door->listener.unix_path.empty()) ::unlink(std::exchange(door->listener.unix_path, {}).c_str());
        error_code ignored;
        door->watch.cancel(ignored);  // accept_on() empties the queue once more
    }
    pause_.cancel();
    tell_if_empty();
}

void Acceptor::close() noexcept {
    for (const auto& door : doors_) close(*door);
    room_.cancel();
    pause_.cancel();
}

void Acceptor::close(Door& door) noexcept {
    if (!door.watch.is_open()) return;
    error_code ignored;
    door.watch.close(ignored);
    if (!door.listener.unix_path.empty()) ::unlink(door.listener.unix_path.c_str());
    --open_doors_;
    tell_if_empty();
}

void Acceptor::wait_until_empty(Clock::time_point deadline) {
    while (!empty() && emptied_.try_acquire_until(deadline)) {
    }
}

void Acceptor::tell_if_empty() noexcept {
    if (ending_.load() && empty()) emptied_.release();
}

Awaitable<> Acceptor::accept_on(Door& door) {
    while (door.watch.is_open()) {
        error_code cancelled;
        co_await door.watch.async_wait(Watch::wait_read, asio::redirect_error(use_awaitable, cancelled));
        while (door.watch.is_open()) {
            if (connections_.load() >= connections_max_) {
                co_await wait_for_room();
                continue;
            }
            int error = 0;
            if (accept_one(door, error)) {
                if (ending_ && --door.last == 0) break;
                continue;
            }
            if (error == EAGAIN || error == EWOULDBLOCK) break;
            if (error == ECONNABORTED || error == EINTR) continue;
            co_await back_off(door, error);
        }
        if (ending_) close(door);
    }
}

bool Acceptor::accept_one(Door& door, int& error) {
    ::sockaddr_storage storage{};
    ::socklen_t size = sizeof storage;
    Descriptor socket(::accept4(door.watch.native_handle(), reinterpret_cast<::sockaddr*>(&storage), &size,
                                SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
        error = errno;
        return false;
    }
    if (storage.ss_family != AF_UNIX) {
        const int on = 1;
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    bound_unsent(socket.get(), storage.ss_family, home_.shared.limits.unsent_bytes);
    hand_over(std::move(socket), peer_address(storage, size), storage.ss_family);
    return true;
}

void Acceptor::hand_over(Descriptor socket, std::optional<asio::ip::address> peer, int family) {
    ++connections_;
    Home& home = *homes_[next_home_];
    next_home_ = (next_home_ + 1) % homes_.size();
    asio::post(home.context, [this, &home, socket = std::move(socket), peer, family]() mutable {
        std::shared_ptr<Session> session;
        try {
            net::Socket connected(home.context);
            connected.assign(asio::generic::stream_protocol(family, 0), socket.get());
            socket.release();
            connected.non_blocking(true);
            session = std::make_shared<Session>(home, net::make_socket_stream(std::move(connected)), peer);
            session->start();
        } catch (const std::exception& failure) {
            log(LogLevel::error, "connection_not_taken", {{"reason", failure.what()}});
            if (!session) left();  // otherwise its destructor calls left()
        }
    });
}

// Waits until a connection may have ended. The flag is set before the count is checked again, so that no end
// is missed.
Awaitable<> Acceptor::wait_for_room() {
    waiting_for_room_ = true;
    if (connections_.load() < connections_max_) co_return;
    complain("connection_limit_reached", "accepting pauses until one closes");
    error_code woken;
    co_await room_.async_wait(asio::redirect_error(use_awaitable, woken));
}

void Acceptor::left() noexcept {
    --connections_;
    tell_if_empty();
    if (waiting_for_room_.exchange(false)) {
        asio::post(home_.context, [this] {
            room_.cancel();
            pause_.cancel();
        });
    }
}

// When descriptors are exhausted, the connection at the head of the queue would keep the socket readable and
// this loop busy for ever. So it is accepted with the reserve descriptor and closed, followed by a pause.
Awaitable<> Acceptor::back_off(Door& door, int error) {
    complain("cannot_accept", error_text(error));
    if (error == EMFILE || error == ENFILE) {
        reserve_.reset();
        Descriptor shed(::accept4(door.watch.native_handle(), nullptr, nullptr, SOCK_CLOEXEC));
        shed.reset();
        reserve_ = open_reserve();
    }
    waiting_for_room_ = true;  // a connection that ends also ends the pause
    pause_.expires_after(exhausted_pause);
    error_code woken;
    co_await pause_.async_wait(asio::redirect_error(use_awaitable, woken));
}

void Acceptor::complain(LogKey what, std::string_view why) {
    const auto time = Clock::now();
    if (time - complained_ < complaint_interval) return;
    complained_ = time;
    log(LogLevel::warning, what,
        {{"reason", std::string(why)}, {"connections", std::to_string(connections())}});
}

}  // namespace chathook::http
