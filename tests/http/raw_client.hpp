// A client that sends exactly the bytes it is given and gives up after ten seconds, so that a server that
// hangs fails its test. Used by one thread at a time.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "support/eventually.hpp"

namespace chathook::http::test {

struct Answer {
    unsigned status = 0;  // 0: the connection ended before an answer
    std::string head;     // status line and fields, as they came
    std::string body;

    bool has(std::string_view line) const { return head.find(line) != std::string::npos; }
};

class RawClient {
public:
    // `address` as in Server::bound_addresses().
    explicit RawClient(const std::string& address) {
        if (address.rfind("unix:", 0) == 0) {
            ::sockaddr_un name{};
            name.sun_family = AF_UNIX;
            address.substr(5).copy(name.sun_path, sizeof name.sun_path - 1);
            open(AF_UNIX, reinterpret_cast<const ::sockaddr*>(&name), sizeof name);
            return;
        }
        const std::size_t colon = address.rfind(':');
        std::string host = address.substr(0, colon);
        if (host.front() == '[') host = host.substr(1, host.size() - 2);
        const boost::asio::ip::tcp::endpoint peer(
            boost::asio::ip::make_address(host),
            static_cast<unsigned short>(std::stoul(address.substr(colon + 1))));
        open(peer.address().is_v6() ? AF_INET6 : AF_INET, peer.data(), static_cast<::socklen_t>(peer.size()));
    }
    ~RawClient() { close(); }
    RawClient(RawClient&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
    RawClient& operator=(RawClient&&) = delete;

    // False: the server has closed its side.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ::ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // Like clients with Nagle's algorithm on: a small piece waits until the one before is acknowledged.
    void gather_small_pieces() {
        const int off = 0;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &off, sizeof off);
    }

    // Reads the next answer, its body by Content-Length.
    Answer read_answer(bool without_body = false) {
        Answer answer;
        while (received_.find("\r\n\r\n") == std::string::npos) {
            if (!more()) return answer;
        }
        const std::size_t end = received_.find("\r\n\r\n") + 4;
        answer.head = received_.substr(0, end);
        received_.erase(0, end);
        answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(9, 3)));
        const std::size_t length_at = answer.head.find("Content-Length: ");
        if (length_at == std::string::npos || without_body) return answer;
        const std::size_t length = std::stoul(answer.head.substr(length_at + 16));
        while (received_.size() < length && more()) {
        }
        answer.body = received_.substr(0, length);
        received_.erase(0, length);
        return answer;
    }

    Answer ask(std::string_view bytes) {
        send(bytes);
        return read_answer();
    }

    // Reads everything until the server ends the connection.
    std::string read_to_end() {
        while (more()) {
        }
        return std::exchange(received_, {});
    }

    // Waits until `text` has come.
    bool read_until(std::string_view text) {
        while (received_.find(text) == std::string::npos) {
            if (!more()) return false;
        }
        return true;
    }

    // After read_to_end(): whether the connection ended properly, not by a reset.
    bool ended_cleanly() const { return !reset_; }

    bool readable_within(std::chrono::milliseconds time) const {
        ::pollfd poll{socket_, POLLIN, 0};
        return ::poll(&poll, 1, static_cast<int>(time.count())) > 0;
    }

    int descriptor() const { return socket_; }

    void end_sending() { ::shutdown(socket_, SHUT_WR); }

    void close() {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }

private:
    void open(int family, const ::sockaddr* name, ::socklen_t size) {
        socket_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const ::timeval patience{10, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        const int on = 1;
        if (family != AF_UNIX) ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(socket_, name, size) != 0) throw std::runtime_error("cannot connect");
    }

    // False: the connection ended or was reset, or nothing came for ten seconds, which fails the test.
    bool more() {
        std::array<char, 16384> bytes{};
        const ::ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            throw std::runtime_error("the server neither answered nor closed");
        }
        reset_ = size < 0;
        if (size <= 0) return false;
        received_.append(bytes.data(), static_cast<std::size_t>(size));
        return true;
    }

    int socket_ = -1;
    bool reset_ = false;
    std::string received_;
};

using chathook::test::eventually;

}  // namespace chathook::http::test
