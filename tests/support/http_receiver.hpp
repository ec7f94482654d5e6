// A real HTTP server on a loopback port that the kernel chose: records the requests and answers as the test
// sets it up, correctly or not. One thread per connection; any thread may call any member function.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace chathook::test {

struct ReceivedRequest {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
    unsigned connection = 0;  // 1 for the first that was accepted
};

struct ScriptedAnswer {
    unsigned status = 204;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::chrono::milliseconds delay{0};  // before the answer; cut short when the receiver ends
    std::string raw;                     // when set, these very bytes instead of an answer, then the close
    bool hold_open = false;              // no close after raw until the receiver ends
    bool close_silently = false;         // take the request and close without an answer
};

class HttpReceiver {
public:
    using Script = std::function<ScriptedAnswer(const ReceivedRequest&)>;

    explicit HttpReceiver(boost::asio::ssl::context* tls = nullptr)
        : tls_(tls), acceptor_(io_, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
        port_ = acceptor_.local_endpoint().port();
        acceptor_thread_ = std::thread([this] { accept(); });
    }

    ~HttpReceiver() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
            for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
            changed_.notify_all();
        }
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
        acceptor_thread_.join();
        for (std::thread& thread : threads_) thread.join();
    }
    HttpReceiver(const HttpReceiver&) = delete;
    HttpReceiver& operator=(const HttpReceiver&) = delete;

    std::uint16_t port() const { return port_; }
    std::string url(const std::string& host = "127.0.0.1") const {
        return (tls_ == nullptr ? "http://" : "https://") + host + ":" + std::to_string(port_) + "/hook";
    }

    // Sets the answer from now on; the default is 204.
    void script(Script script) {
        const std::lock_guard lock(mutex_);
        script_ = std::move(script);
    }

    std::vector<ReceivedRequest> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

    // Waits up to ten seconds for that many requests; false if fewer came.
    bool wait_for(std::size_t count) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return requests_.size() >= count; });
    }

private:
    void accept() {
        for (unsigned connection = 1;; ++connection) {
            boost::system::error_code error;
            boost::asio::ip::tcp::socket socket(io_);
            acceptor_.accept(socket, error);
            const std::lock_guard lock(mutex_);
            if (error || ending_) return;
            open_.insert(socket.native_handle());
            threads_.emplace_back([this, connection,
                                   shared = std::make_shared<boost::asio::ip::tcp::socket>(
                                       std::move(socket))] { serve_connection(*shared, connection); });
        }
    }

    void serve_connection(boost::asio::ip::tcp::socket& socket, unsigned connection) {
        boost::system::error_code error;
        if (tls_ == nullptr) {
            serve(socket, connection);
        } else {
            boost::asio::ssl::stream<boost::asio::ip::tcp::socket&> stream(socket, *tls_);
            stream.handshake(boost::asio::ssl::stream_base::server, error);
            if (!error) serve(stream, connection);
        }
        const std::lock_guard lock(mutex_);
        open_.erase(socket.native_handle());
        socket.close(error);
    }

    template <class Stream>
    void serve(Stream& stream, unsigned connection) {
        namespace http = boost::beast::http;
        boost::beast::flat_buffer buffer;
        boost::system::error_code error;
        while (true) {
            http::request<http::string_body> request;
            http::read(stream, buffer, request, error);
            if (error) return;
            const ScriptedAnswer answer = record(request, connection);
            if (!pause(answer.delay) || answer.close_silently) return;
            if (!answer.raw.empty()) {
                boost::asio::write(stream, boost::asio::buffer(answer.raw), error);
                if (answer.hold_open) pause(std::chrono::minutes(1));
                return;
            }
            http::response<http::string_body> response(static_cast<http::status>(answer.status), 11);
            for (const auto& [name, value] : answer.headers) response.insert(name, value);
            response.body() = answer.body;
            response.prepare_payload();
            http::write(stream, response, error);
            if (error || response.need_eof()) return;
        }
    }

    template <class Request>
    ScriptedAnswer record(const Request& request, unsigned connection) {
        ReceivedRequest received;
        received.method = std::string(request.method_string());
        received.target = std::string(request.target());
        for (const auto& field : request) {
            std::string name(field.name_string());
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
                return static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
            });
            received.headers[name] = std::string(field.value());
        }
        received.body = request.body();
        received.connection = connection;
        const std::lock_guard lock(mutex_);
        requests_.push_back(received);
        changed_.notify_all();
        return script_ ? script_(received) : ScriptedAnswer{};
    }

    // Returns false when the receiver ends.
    bool pause(std::chrono::milliseconds delay) {
        std::unique_lock lock(mutex_);
        return !changed_.wait_for(lock, delay, [this] { return ending_; });
    }

    boost::asio::ssl::context* tls_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;

    mutable std::mutex mutex_;  // guards what follows
    mutable std::condition_variable changed_;
    bool ending_ = false;
    Script script_;
    std::vector<ReceivedRequest> requests_;
    std::set<int> open_;
    std::list<std::thread> threads_;

    std::thread acceptor_thread_;
};

}  // namespace chathook::test
