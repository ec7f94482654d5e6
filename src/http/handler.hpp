// What http knows of the rest of the house: something that decides by a request's head, and something that
// answers it. A handler is shared by all connections of a listener and called on each connection's own
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <chathook/reply.hpp>
#include <chathook/request.hpp>

#include "support/async.hpp"

namespace chathook::http {

// What the head says of the body that is still to come.
struct Incoming {
    std::optional<std::uint64_t> content_length;  // none: chunked, or no body at all
    bool chunked = false;
    bool waits_for_continue = false;  // to be told that its request would be taken, before it sends the body
};

class Handler {
public:
    virtual ~Handler() = default;

    // Called when the head is complete and well framed, before any of the body is read; `request.body` is
    // empty. An answer here ends the request unread: unknown path, wrong method, no length (411), compressed
    // (415) or over-long body; the handler counts and logs it itself. nullopt: go on. Never throws. Framing
    // itself (400, 408, 413 while reading, 414, 417, 431, 501, 505, and 503 when too much is in flight) is
    // http's own business, of which the handler is told by the two below.
    virtual std::optional<Reply> admit(const Request& request, const Incoming& incoming) noexcept = 0;

    // Answers a complete request. An exception is answered 500 and closes the connection.
    virtual Awaitable<Reply> handle(const Request& request) = 0;

    // A request that http itself refused, neither admit() nor handle(): for the log and the metrics. `reason`
    // is a literal.
    virtual void refused(std::string_view reason, unsigned status, std::string_view client) noexcept = 0;

    // The same of one that admit() had let pass, because of its body, which was not read to its end:
    // `request.body` is empty. `body_size`: as announced, or of a chunked one what had come.
    virtual void refused_body(const Request& request, std::string_view reason, unsigned status,
                              std::uint64_t body_size) noexcept {
        (void)body_size;
        refused(reason, status, request.client);
    }
};

// An answer that goes on until the stream ends or the client leaves, sent in chunks as they come.
class BodyStream {
public:
    virtual ~BodyStream() = default;

    // The next piece, never empty; nullopt ends the answer. Cancelled when the client goes away or the daemon
    // stops.
    virtual Awaitable<std::optional<std::string>> next() = 0;
};

}  // namespace chathook::http
