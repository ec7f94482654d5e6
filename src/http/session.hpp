// One connection: reads requests one after the other, has each admitted and handled, and writes the answers
// in order. One coroutine for each session, on its home's thread; everything here is used on that thread only
// but for Shared's counters.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/container/vector.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "http/client_address.hpp"
#include "http/gate.hpp"
#include "http/handler.hpp"
#include "http/limits.hpp"
#include "http/response.hpp"
#include "http/stream.hpp"
#include "http/tls.hpp"
#include "support/log_pace.hpp"

namespace chathook::http {

class Session;

// What all sessions of one server have in common.
struct Shared {
    Limits limits;
    GateLimits gate;
    TrustedProxies trusted;
    std::string_view allow;  // of the 405 for CONNECT and TRACE
    Handler& handler;
    std::function<void()> connection_left;  // called once for each session that ends, from its thread
    std::atomic<std::uint64_t> inflight_bytes{0};
    std::atomic<bool> stopping{false};
    bool proxy_protocol = false;  // every connection begins with a PROXY header
    CurrentTls tls;
    LogPace proxies_refused;
    LogPace handshakes_failed;
};

using ReadBuffer = boost::container::vector<char>;

// Read buffers that no connection holds just now, for the next request on any of them: an idle connection has
// none, and a busy one would fetch and free one for every request. One thread.
class SpareBuffers {
public:
    static constexpr std::size_t most = 64;

    // Of exactly `size` bytes, with anything in them.
    ReadBuffer take(std::size_t size) {
        if (spare_.empty()) return ReadBuffer(size, boost::container::default_init);
        ReadBuffer buffer = std::move(spare_.back());
        spare_.pop_back();
        return buffer;
    }

    // `size`: of those that are worth keeping.
    void give(ReadBuffer buffer, std::size_t size) {
        if (buffer.size() == size && spare_.size() < most) spare_.push_back(std::move(buffer));
    }

private:
    std::vector<ReadBuffer> spare_;
};

// One thread's sessions. They may outlive the run of the context, never its destruction, so it comes last.
struct Home {
    explicit Home(Shared& all) : shared(all), context(1) {}

    Shared& shared;
    DateText date;
    SpareBuffers spare_buffers;
    std::unordered_set<Session*> sessions;
    boost::asio::io_context context;
};

class Session : public std::enable_shared_from_this<Session> {
public:
    // `peer`: none for a UNIX socket.
    Session(Home& home, std::unique_ptr<Stream> stream, std::optional<boost::asio::ip::address> peer);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Runs until the connection ends; the session keeps itself alive.
    void start();

    // An idle connection and a stream end now; a request that has begun is finished.
    void end_soon() noexcept;

    // Cuts the connection, whatever it is doing.
    void cut() noexcept;

private:
    using Clock = std::chrono::steady_clock;
    using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

    Awaitable<> run();
    Awaitable<> serve();

    Awaitable<bool> enter();
    Awaitable<bool> receive_proxy_header();
    Awaitable<bool> shake_hands(TlsContext context);
    void complain(LogPace& pace, std::string_view what, std::string_view why);

    Awaitable<bool> receive_head();
    Awaitable<bool> receive_body(Request& request);
    Awaitable<bool> receive_sized(const Request& request, std::uint64_t length);
    Awaitable<bool> receive_chunked(const Request& request);
    Awaitable<std::size_t> read_into(char* to, std::size_t size);

    Awaitable<bool> finish_answer();
    Awaitable<bool> refuse(Refusal refusal);
    Awaitable<bool> refuse_body(const Request& request, Refusal refusal);
    Awaitable<bool> refuse_unread_body(const Request& request);
    Awaitable<bool> answer_refusal(Refusal refusal);
    Awaitable<bool> send(std::string_view first, std::string_view second);
    Awaitable<bool> send_stream(const Reply& reply);
    Awaitable<> watch_client();
    Awaitable<> linger();

    Request begin_request();
    bool read_more_of_head();
    bool body_has_come(Request& request);
    bool answer_at_once(const Reply& reply);
    bool send_some(std::string_view& first, std::string_view& second, error_code& error);
    void rest();

    std::string_view received() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
    void find_client();
    bool skip_buffered_body() noexcept;
    void make_room();
    bool has_inflight(std::uint64_t bytes) const noexcept;
    bool take_inflight(std::uint64_t bytes) noexcept;
    void give_back() noexcept;

    void set_deadline(std::chrono::milliseconds from_now);
    void no_deadline() noexcept { deadline_ = Clock::time_point::max(); }
    void arm();
    void on_timer();

    Home& home_;
    Shared& shared_;
    std::unique_ptr<Stream> stream_;
    std::optional<boost::asio::ip::address> peer_;  // or whom it says that it connects (PROXY protocol)
    std::string peer_text_;
    std::string client_text_;
    std::string_view client_;  // of the current request: one of the two above

    // [begin_, end_) is what has come and is not yet answered. Not a std::vector, which would fill it with
    // zeros first.
    ReadBuffer buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t body_at_ = 0;  // where the current request's body begins
    std::size_t next_ = 0;     // where the next request begins, once the body is complete
    std::string body_;         // a body that is chunked, or longer than the buffer's rest
    Head head_;
    std::string out_;
    std::string_view unsent_head_;  // of the current answer: in out_,
    std::string_view unsent_body_;  // and in its Reply
    std::uint64_t held_ = 0;        // of shared_.inflight_bytes
    std::uint64_t requests_ = 0;

    bool idle_ = true;          // not a byte of the next request has come
    bool close_ = false;        // after the current answer
    bool client_left_ = false;  // seen while streaming
    bool streaming_ = false;
    boost::asio::cancellation_signal stream_end_;

    // One timer: it is not touched when a deadline moves further away, and looks again when it fires.
    Timer timer_;
    Clock::time_point deadline_ = Clock::time_point::max();
    Clock::time_point armed_ = Clock::time_point::max();
    bool expired_ = false;
};

}  // namespace chathook::http
