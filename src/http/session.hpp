// Serves one connection's requests, one after the other: has each read, admitted and handled, and its answer
// written. One coroutine for each session, on its home's thread; everything here is used on that thread only.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <memory>
#include <optional>

#include "http/answer_writer.hpp"
#include "http/connection.hpp"
#include "http/request_reader.hpp"

namespace chathook::http {

class Session final : public std::enable_shared_from_this<Session> {
public:
    // `peer`: none for a UNIX socket.
    Session(Home& home, std::unique_ptr<net::Stream> stream, std::optional<boost::asio::ip::address> peer);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Runs until the connection ends; the session keeps itself alive.
    void start();

    // A stop has begun: a stream ends. Everything else goes on; from now on answers say "Connection: close".
    void begin_stop() noexcept { writer_.end_stream(); }

    // From now on a silent connection may not begin another request.
    void end_drain() noexcept { connection_.end_drain(); }

    // Cuts the connection, whatever it is doing.
    void cut() noexcept;

private:
    Awaitable<> run();
    Awaitable<> serve();
    Awaitable<> refuse(Refusal refusal);
    Awaitable<> refuse_body(const Request& request, const Found& found, Refusal refusal);
    Awaitable<> answer_refusal(Refusal refusal);
    Awaitable<> linger();

    Home& home_;
    Shared& shared_;
    Connection connection_;
    RequestReader reader_;
    AnswerWriter writer_;
};

}  // namespace chathook::http
