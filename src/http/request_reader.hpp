// Reads requests from a connection, one after the other: a head into the connection's buffer, its body behind
// it or into memory of its own. It reports what is to be refused and leaves the answer to the session. Used
// on its connection's thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/body_room.hpp"
#include "http/connection.hpp"
#include "http/gate.hpp"

namespace chathook::http {

class RequestReader final : private BodyHold {
public:
    explicit RequestReader(Connection& connection);

    // Reads until a head is complete and has passed both parsers. False: no further request comes; refusal()
    // says whether that needs an answer.
    Awaitable<bool> receive_head();

    // The request whose head has arrived, still without its body. Its views are valid until done().
    Request begin_request();

    // Its body. body_has_come() fills in request.body if there is none or all of it came with the head, as a
    // webhook's mostly does; receive_body() waits for it. receive_body() returns false if the body is refused
    // or broken off, as above.
    bool body_has_come(Request& request);
    Awaitable<bool> receive_body(Request& request);

    // Skips an unwanted body: true if it has arrived already, so that the connection can go on.
    bool skip_body() noexcept;

    const std::optional<Refusal>& refusal() const noexcept { return refusal_; }

    // The most recent head, complete or not, and its client.
    const Head& head() const noexcept { return head_; }
    std::string_view client() const noexcept { return client_; }
    std::uint64_t body_size() const noexcept;  // as announced, or of a chunked body what had arrived

    // Pipelined: sent before the client could see an answer.
    bool more_has_come() const noexcept { return next_ < connection_.buffer().end(); }

    // give_back() frees the body's memory and its room for others; drop_body() frees its memory however small
    // it is.
    void give_back() noexcept;
    void drop_body() noexcept;

    // The request is answered; the next one begins behind it.
    void done() noexcept { connection_.buffer().done_until(next_); }

private:
    bool refuse(Refusal refusal);
    bool refuse_unread_body();

    bool skip_empty_line() noexcept;
    bool read_more_of_head();
    bool read_both_ways(std::string_view bytes);
    void find_client();

    Awaitable<bool> receive_sized(std::uint64_t length);
    Awaitable<bool> receive_chunked();
    bool try_room(std::uint64_t bytes);
    Awaitable<bool> wait_for_room(std::uint64_t bytes);
    void end_body() noexcept;
    void proved() noexcept override;
    std::string hand_over() noexcept override;
    void free_body() noexcept;

    Connection& connection_;
    Shared& shared_;
    std::optional<Refusal> refusal_;
    Head head_;
    std::string client_text_;
    std::string_view client_;        // client_text_, or the connection's peer
    bool empty_line_taken_ = false;  // in front of the current head

    std::size_t body_at_ = 0;  // where in the buffer the current request's body begins
    std::size_t next_ = 0;     // where the next request begins, once the body is complete
    std::string body_;         // a body that is chunked, or longer than the buffer's rest
    BodyRoom::Body room_;      // of body_
    bool body_whole_ = false;  // body_ is complete
};

}  // namespace chathook::http
