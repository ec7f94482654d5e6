// One connection of the load generator: plain or TLS, one request at a time. One thread.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

using Clock = std::chrono::steady_clock;

class Connection {
public:
    Connection(std::uint16_t port, int epoll, bool tls) : epoll_(epoll), tls_(tls) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address_.sin_port = htons(port);
        open();
    }
    Connection(const Connection&) = delete;
    ~Connection() { close(); }

    // The socket blocks: a large request is written whole before anything else happens.
    void send(std::string_view request, Clock::time_point due) {
        due_ = due;
        busy_ = true;
        answer_.clear();
        while (!request.empty()) {
            const auto sent =
                session_ ? SSL_write(session_.get(), request.data(), static_cast<int>(request.size()))
                         : ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;  // the server closed; receive() will say so
            request.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    enum class Answer { none, complete, ended };

    // Reads what is there. Called when the socket is readable.
    Answer receive() {
        std::array<char, 4096> buffer;
        if (session_) {
            const int size = SSL_read(session_.get(), buffer.data(), static_cast<int>(buffer.size()));
            if (size <= 0) {
                const bool later = SSL_get_error(session_.get(), size) == SSL_ERROR_WANT_READ;
                return later ? Answer::none : Answer::ended;
            }
            answer_.append(buffer.data(), static_cast<std::size_t>(size));
        } else {
            const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
            if (size < 0 && (errno == EAGAIN || errno == EINTR)) return Answer::none;
            if (size <= 0) return Answer::ended;
            answer_.append(buffer.data(), static_cast<std::size_t>(size));
        }
        const std::size_t head_end = answer_.find("\r\n\r\n");
        const bool complete = head_end != answer_.npos && answer_.size() >= head_end + 4 + content_length();
        if (!complete) return Answer::none;
        busy_ = false;
        return Answer::complete;
    }

    const std::string& answer() const noexcept { return answer_; }
    Clock::time_point due() const noexcept { return due_; }

    // Whether an answer is awaited.
    bool busy() const noexcept { return busy_; }
    bool says_close() const { return header("connection").starts_with("close"); }

    void reopen() {
        close();
        open();
    }

private:
    struct FreeSession {
        void operator()(SSL* session) const noexcept { SSL_free(session); }
    };

    // The server is this machine's own and its certificate made for the run: nothing to verify.
    static SSL_CTX* context() {
        static SSL_CTX* const shared = [] {
            SSL_CTX* made = SSL_CTX_new(TLS_client_method());
            SSL_CTX_clear_mode(made, SSL_MODE_AUTO_RETRY);  // a session ticket is no reason to block
            return made;
        }();
        return shared;
    }

    [[noreturn]] static void fail(const char* what) {
        throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
    }

    void open() {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (socket_ < 0) fail("socket");
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address_), sizeof(address_)) != 0)
            fail("connect");
        if (tls_) {
            session_.reset(SSL_new(context()));
            SSL_set_fd(session_.get(), socket_);
            if (SSL_connect(session_.get()) != 1) throw std::runtime_error("the TLS handshake failed");
        }
        epoll_event event{EPOLLIN, {.ptr = this}};
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event) != 0) fail("epoll_ctl");
    }

    void close() {
        busy_ = false;
        session_.reset();
        ::close(socket_);
    }

    // A header's value, its name given in lower case.
    std::string_view header(std::string_view name) const {
        for (std::size_t at = answer_.find("\r\n"); at != answer_.npos; at = answer_.find("\r\n", at + 2)) {
            const std::string_view line = std::string_view(answer_).substr(at + 2);
            const auto same = [](char lower, char received) { return (received | 0x20) == lower; };
            if (line.size() > name.size() && line[name.size()] == ':' &&
                std::equal(name.begin(), name.end(), line.begin(), same)) {
                const std::size_t value = line.find_first_not_of(' ', name.size() + 1);
                return line.substr(value, line.find("\r\n") - value);
            }
        }
        return {};
    }

    std::size_t content_length() const {
        std::size_t length = 0;
        const std::string_view text = header("content-length");
        std::from_chars(text.data(), text.data() + text.size(), length);
        return length;
    }

    sockaddr_in address_{};
    int epoll_;
    bool tls_;
    int socket_ = -1;
    bool busy_ = false;
    std::unique_ptr<SSL, FreeSession> session_;
    Clock::time_point due_;
    std::string answer_;
};

}  // namespace bench
