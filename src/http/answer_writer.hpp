// Writes answers to a connection: complete ones in one system call if the kernel takes them, streams piece by
// piece. Whether the connection stays open afterwards is the session's business. Used on its connection's
// thread only.
#pragma once

#include <boost/asio/cancellation_signal.hpp>

#include <string>
#include <string_view>

#include "http/connection.hpp"
#include "http/gate.hpp"

namespace chathook::http {

class AnswerWriter {
public:
    explicit AnswerWriter(Connection& connection)
        : connection_(connection), shared_(connection.home().shared) {}

    // Both need the reply alive until it is sent, and `asked`, the head of its request. answer_at_once()
    // returns true if the kernel took everything at once, as it nearly always does; otherwise finish() must
    // send the rest. finish() returns false if the client cannot be answered.
    bool answer_at_once(const Reply& reply, const Head& asked, bool close);
    Awaitable<bool> finish() { return connection_.send(unsent_head_, unsent_body_); }

    // Answers a request that http itself refuses; the connection's last answer. True: sent.
    Awaitable<bool> refuse(Refusal refusal, const Head& asked);

    // Sends a streamed answer, also the connection's last. True: sent to its end.
    Awaitable<bool> stream(const Reply& reply, const Head& asked);

    // Ends a stream: because a stop has begun, or because the client has left.
    void end_stream() noexcept;
    void client_has_left() noexcept;

private:
    void begin(const Reply& reply, const Framing& framing);
    Awaitable<bool> send_pieces(BodyStream& pieces, bool chunked);
    Awaitable<> watch_client();

    Connection& connection_;
    Shared& shared_;
    std::string out_;
    std::string_view unsent_head_;  // of the current answer: in out_,
    std::string_view unsent_body_;  // and in its Reply
    bool client_left_ = false;      // seen while streaming
    bool streaming_ = false;
    boost::asio::cancellation_signal stream_end_;
};

}  // namespace chathook::http
