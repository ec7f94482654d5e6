// The gate between the socket and everything else. It reads the raw bytes of a request's head and lets pass
// only what has exactly one meaning to every HTTP implementation, because a request that the proxy in front
// reads differently than we do is an attack (request smuggling). Where RFC 9112 allows a server to be
// lenient, the gate is not. Pure; any thread.
//
// docs/http.md lists the rules. Methods are not judged, because the handler decides which ones a path
// accepts, except for CONNECT and TRACE, which are always refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <chathook/request.hpp>

namespace chathook::http {

struct GateLimits {
    std::size_t head_bytes = 16 * 1024;  // the whole head, its empty line included
    std::size_t fields = 64;
    std::size_t field_bytes = 8 * 1024;  // one field line without its CRLF
    std::size_t target_bytes = 2 * 1024;
};

// Why a request is refused. The connection is closed after each of these, because it is uncertain where the
// next request would begin.
struct Refusal {
    unsigned status = 400;
    std::string_view reason;  // a literal
};

// A head that passed. All views point into the bytes it was read from.
struct Head {
    std::string_view method;
    std::string_view authority;    // of a target in absolute form, equal to Host; else empty
    std::string_view scheme_port;  // ":80" or ":443", which the authority may omit
    std::string_view path;         // "/" where an absolute form has none
    std::string_view query;        // after '?', without it
    unsigned version = 11;         // 10 or 11
    std::vector<Field> fields;     // keeps its memory from request to request
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool keep_alive = true;        // as the client asked
    bool expect_continue = false;  // the client waits for a 100 before it sends its body

    bool has_body() const noexcept { return chunked || content_length.value_or(0) > 0; }
};

// How far the search for a head's end has come. Use a fresh one for each head.
struct HeadProgress {
    std::size_t looked_at = 0;
    std::size_t line_start = 0;
    std::size_t size = 0;  // of the complete head; 0: not complete yet
};

// Searches what has arrived of a head for its end, from where the last call stopped. Refuses at once what
// cannot become a valid head, so that nobody waits for the rest of it.
std::optional<Refusal> find_head_end(std::string_view bytes, const GateLimits& limits,
                                     HeadProgress& progress) noexcept;

// Reads a complete head, from the method to the empty line. `head` means nothing after a refusal.
std::optional<Refusal> read_head(std::string_view bytes, const GateLimits& limits, Head& head);

}  // namespace chathook::http
