// A connection without a server: its home, a handler, and the plain socket at its other end. One thread.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "http/connection.hpp"
#include "http/echo_handler.hpp"

namespace chathook::http::test {

struct LoneConnection {
    explicit LoneConnection(Limits limits = {})
        : shared{limits, {}, TrustedProxies({}), "POST", handler, [] {}},
          home(shared),
          connection(home, one_end(), std::nullopt) {}
    ~LoneConnection() { hang_up(); }
    LoneConnection(const LoneConnection&) = delete;
    LoneConnection& operator=(const LoneConnection&) = delete;

    // The final result of a coroutine.
    template <class T>
    T wait(Awaitable<T> coroutine) {
        std::optional<T> result;
        boost::asio::co_spawn(home.context.get_executor(), std::move(coroutine),
                              [&](std::exception_ptr failure, T value) {
                                  if (failure) std::rethrow_exception(failure);
                                  result = std::move(value);
                              });
        run_until([&] { return result.has_value(); });
        return *std::move(result);
    }
    void wait(Awaitable<> coroutine) {
        bool ended = false;
        boost::asio::co_spawn(home.context.get_executor(), std::move(coroutine),
                              [&](std::exception_ptr failure) {
                                  if (failure) std::rethrow_exception(failure);
                                  ended = true;
                              });
        run_until([&] { return ended; });
    }

    // A context that ran out of work does nothing until it is restarted.
    template <class Condition>
    void run_until(Condition condition) {
        home.context.restart();
        while (!condition()) {
            if (home.context.run_one() == 0) throw std::runtime_error("nothing is left to wait for");
        }
    }

    // Does something while a coroutine is waiting, at once or after some time.
    template <class Act>
    void meanwhile(Act act, std::chrono::milliseconds after = {}) {
        const auto timer = std::make_shared<Timer>(home.context, after);
        timer->async_wait([timer, act = std::move(act)](const error_code&) { act(); });
    }

    // Acts as the other end.
    void say(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ::ssize_t sent = ::send(other, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) throw std::runtime_error("nobody takes what is said");
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    std::string heard() const {
        std::string all;
        std::array<char, 65536> bytes{};
        while (true) {
            const ::ssize_t size = ::recv(other, bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (size <= 0) return all;
            all.append(bytes.data(), static_cast<std::size_t>(size));
        }
    }
    void hang_up() {
        if (other >= 0) ::close(std::exchange(other, -1));
    }

    EchoHandler handler;
    Shared shared;
    Home home;
    int other = -1;
    Connection connection;

private:
    std::unique_ptr<net::Stream> one_end() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
            throw std::runtime_error("no socket pair");
        }
        other = ends[1];
        net::Socket socket(home.context, boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[0]);
        socket.non_blocking(true);
        return net::make_socket_stream(std::move(socket));
    }
};

}  // namespace chathook::http::test
