// Answers as bytes. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <chathook/reply.hpp>
#include <chathook/time.hpp>

namespace chathook::http {

// The value of a Date header (RFC 9110, 5.6.7), formatted once a second. One for each thread.
class DateText {
public:
    std::string_view at(Instant now);

private:
    std::int64_t second_ = -1;
    std::string text_;
};

// What an answer's head says in addition to the Reply.
struct Framing {
    enum class Body {
        sized,         // Content-Length: body_bytes
        chunked,       // Transfer-Encoding: chunked
        until_closed,  // neither: the connection's end ends it
    };
    Body body = Body::sized;
    std::uint64_t body_bytes = 0;
    bool close = false;
    bool keep_alive_named = false;         // an HTTP/1.0 client asked for keep-alive and gets it
    std::chrono::seconds idle_timeout{0};  // as announced to the client; 0: not announced
};

// Appends the head of `reply`, its empty line included. Keep-Alive (RFC 2068, 19.7.1) belongs to the
// connection, so Connection names it (RFC 9110, 7.6.1) and proxies do not pass it on. Control characters
// never get into a header's value (response splitting). A 204 or 304 gets no Content-Length (RFC 9110, 8.6).
void append_head(std::string& out, const Reply& reply, const Framing& framing, std::string_view date);

// Whether an answer of this status has a body at all (RFC 9110, 6.4.1).
constexpr bool may_have_body(unsigned status) noexcept {
    return status >= 200 && status != 204 && status != 304;
}

// One piece of a chunked answer, and its end (RFC 9112, 7.1).
std::string chunk_head(std::size_t bytes);
inline constexpr std::string_view chunk_tail = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

// The answer to a request that http itself refuses: {"error":"<reason>"}. `reason` is one of our literals.
Reply refusal_reply(unsigned status, std::string_view reason);

}  // namespace chathook::http
