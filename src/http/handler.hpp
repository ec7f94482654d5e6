// What http knows of the rest of the program: an interface that decides by a request's head, and answers the
// request. A handler is shared by all connections of a listener and called on each connection's own thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <chathook/reply.hpp>
#include <chathook/request.hpp>

#include "support/async.hpp"

namespace chathook::http {

// What the head says about the body that follows.
struct Incoming {
    std::optional<std::uint64_t> content_length;  // none: chunked, or no body at all
    bool chunked = false;
    bool waits_for_continue = false;  // for a 100 Continue before it sends the body
};

// What admit() found out about a request, such as whose it is, for the calls that follow. The session keeps
// it until the request is answered.
using Found = std::shared_ptr<const void>;

class Handler {
public:
    virtual ~Handler() = default;

    // Called when the head is complete and well framed, before any of the body is read; `request.body` is
    // empty. A reply refuses the request unread: unknown path, wrong method, no length (411), compressed
    // (415) or over-long body; the handler counts and logs it itself. nullopt: continue, with `found`. Never
    // throws. Framing itself (400, 408, 413 while reading, 414, 417, 431, 501, 505, and 503 when too much is
    // in flight) is http's own business; refused() and refused_body() report it to the handler.
    virtual std::optional<Reply> admit(const Request& request, const Incoming& incoming,
                                       Found& found) noexcept = 0;

    // Answers a complete request. An exception is answered 500 and closes the connection.
    virtual Awaitable<Reply> handle(const Request& request, const Found& found) = 0;

    // Reports a request that http itself refused without calling admit() or handle(): for the log and the
    // metrics. `reason` is a literal.
    virtual void refused(std::string_view reason, unsigned status, std::string_view client) noexcept = 0;

    // Reports a request that admit() let pass but whose body was not read to its end: `request.body` is
    // empty. `body_size`: as announced, or of a chunked body what had arrived.
    virtual void refused_body(const Request& request, const Found& found, std::string_view reason,
                              unsigned status, std::uint64_t body_size) noexcept {
        (void)found, (void)body_size;
        refused(reason, status, request.client);
    }
};

// An answer sent piece by piece until the stream ends or the client leaves.
class BodyStream {
public:
    virtual ~BodyStream() = default;

    // The next piece, never empty; nullopt ends the answer. Called when the kernel has taken the previous
    // piece, so that nothing piles up for a client that reads slowly. Cancelled when the client goes away or
    // the daemon stops. Throws if the answer cannot be finished: the connection is then cut without an end of
    // the answer, so that the client does not take it for complete.
    virtual Awaitable<std::optional<std::string>> next() = 0;

    // The client did not take the last piece within limits.write_timeout, so its connection is cut.
    virtual void not_read() noexcept {}
};

}  // namespace chathook::http
