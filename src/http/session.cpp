#include "http/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <exception>
#include <string>
#include <utility>

#include "support/log.hpp"

namespace chathook::http {

namespace asio = boost::asio;

Session::Session(Home& home, std::unique_ptr<net::Stream> stream, std::optional<asio::ip::address> peer)
    : home_(home),
      shared_(home.shared),
      connection_(home, std::move(stream), std::move(peer)),
      reader_(connection_),
      writer_(connection_) {
    home_.sessions.insert(this);
}

// Room is given back before connection_left() is called, so that whoever sees the end finds the room free.
Session::~Session() {
    reader_.give_back();
    home_.sessions.erase(this);
    shared_.connection_left();
}

void Session::start() {
    connection_.belong_to(weak_from_this());
    asio::co_spawn(
        home_.context.get_executor(), [self = shared_from_this()] { return self->run(); }, asio::detached);
}

void Session::cut() noexcept {
    connection_.cut();
    writer_.client_has_left();
}

Awaitable<> Session::run() {
    try {
        const bool entered = co_await connection_.enter();
        if (entered) co_await serve();
    } catch (const std::exception& error) {
        log(LogLevel::error, "connection_failed",
            {{"client", connection_.peer_text()}, {"reason", error.what()}});
    }
    connection_.end();
}

// Serves requests from their first byte to their answer, one after the other, until the connection is to be
// closed. What is mostly there at once, the body and room for the answer, is tried before a coroutine waits
// for it: a frame for each would cost more than the work.
Awaitable<> Session::serve() {
    const Head& head = reader_.head();
    while (co_await reader_.receive_head()) {
        Request request = reader_.begin_request();
        bool close = !head.keep_alive || connection_.requests() >= shared_.limits.requests_per_connection;
        Found found;
        std::optional<Reply> reply =
            shared_.handler.admit(request, {head.content_length, head.chunked, head.expect_continue}, found);
        if (reply) {
            if (!reader_.skip_body()) close = true;
        } else {
            bool whole = reader_.body_has_come(request);
            if (!whole) whole = co_await reader_.receive_body(request);
            if (!whole) {
                if (const auto refusal = reader_.refusal()) co_await refuse_body(request, found, *refusal);
                co_return;
            }
            connection_.no_deadline();
            try {
                reply = co_await shared_.handler.handle(request, found);
            } catch (const std::exception& error) {
                log(LogLevel::error, "handler_failed",
                    {{"client", std::string(reader_.client())}, {"reason", error.what()}});
            }
        }
        if (!reply) {
            co_await refuse({500, "handler_failed"});
            co_return;
        }
        reader_.give_back();  // before the answer, so that the client's next request finds the room
        if (reply->stream) {
            const bool whole = co_await writer_.stream(*reply, head);
            if (whole) co_await linger();
            co_return;
        }
        close = close || reply->close || (shared_.stopping.load() && !reader_.more_has_come());
        // g++ 12 lays out a frame wrongly where a condition awaits and no variable stands before it (its bug
        // 106188).
        bool sent = writer_.answer_at_once(*reply, head, close);
        if (!sent) sent = co_await writer_.finish();
        if (!sent) co_return;
        reader_.done();
        if (!close) continue;
        co_await linger();
        co_return;
    }
    if (const auto refusal = reader_.refusal()) {
        co_await refuse(*refusal);
    } else if (connection_.idle()) {
        co_await connection_.part();
    }
}

// Answers a request that http itself refuses, and closes.
Awaitable<> Session::refuse(Refusal refusal) {
    shared_.handler.refused(refusal.reason, refusal.status, reader_.client());
    return answer_refusal(refusal);
}

// The same because of the body of a request that was admitted.
Awaitable<> Session::refuse_body(const Request& request, const Found& found, Refusal refusal) {
    shared_.handler.refused_body(request, found, refusal.reason, refusal.status, reader_.body_size());
    return answer_refusal(refusal);
}

Awaitable<> Session::answer_refusal(Refusal refusal) {
    reader_.give_back();
    connection_.go_on();
    const bool sent = co_await writer_.refuse(refusal, reader_.head());
    if (sent) co_await linger();
}

// All that a session costs meanwhile is its read buffer.
Awaitable<> Session::linger() {
    reader_.drop_body();
    return connection_.linger();
}

}  // namespace chathook::http
