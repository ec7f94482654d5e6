#include "net/stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/redirect_error.hpp>

#include <array>

namespace chathook::net {
namespace {

class SocketStream final : public Stream {
public:
    explicit SocketStream(Socket socket) : socket_(std::move(socket)) {}

    std::size_t try_read(boost::asio::mutable_buffer into, error_code& error) override {
        return socket_.read_some(into, error);
    }

    std::size_t try_write(std::string_view first, std::string_view second, error_code& error) override {
        if (second.empty()) return socket_.write_some(boost::asio::buffer(first), error);
        const std::array<boost::asio::const_buffer, 2> pieces{boost::asio::buffer(first),
                                                              boost::asio::buffer(second)};
        return socket_.write_some(pieces, error);
    }

    Awaitable<> ready(Direction direction, error_code& error) override {
        return socket_.async_wait(direction == Direction::read ? Socket::wait_read : Socket::wait_write,
                                  boost::asio::redirect_error(use_awaitable, error));
    }

    // The kernel forgets the option with the next segments, so it is set each time (tcp(7), TCP_QUICKACK).
    void acknowledge() noexcept override {
        const int at_once = 1;
        ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &at_once, sizeof at_once);
    }

    bool has_input() const noexcept override {
        error_code ignored;
        return socket_.available(ignored) > 0;
    }

    void cancel() noexcept override {
        error_code ignored;
        socket_.cancel(ignored);
    }

    void shutdown_send() noexcept override {
        error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
    }

    void close() noexcept override {
        error_code ignored;
        socket_.close(ignored);
    }

private:
    Socket socket_;
};

}  // namespace

std::unique_ptr<Stream> make_socket_stream(Socket socket) {
    return std::make_unique<SocketStream>(std::move(socket));
}

}  // namespace chathook::net
