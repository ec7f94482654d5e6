// Every limit of the HTTP server. Those with names in the configuration (server.limits) come first; the
// others are fixed. Plain values; set before the server starts.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace chathook::http {

struct Limits {
    std::uint64_t body = 1ull << 20;           // bytes, chunking removed
    std::uint64_t header_bytes = 16ull << 10;  // of the whole head, its empty line included
    std::uint64_t headers = 64;                // fields
    std::uint64_t connections = 1024;          // at the cap accepting pauses until one ends
    std::uint64_t requests_per_connection = 1000;
    std::chrono::milliseconds header_timeout{10'000};  // absolute, from the accept or the head's first byte
    std::chrono::milliseconds body_timeout{30'000};    // absolute, from the end of the head
    std::chrono::milliseconds idle_timeout{150'000};   // between two requests
    std::chrono::milliseconds write_timeout{10'000};   // absolute, for one answer or one piece of a stream
    std::chrono::milliseconds drain_timeout{1'000};    // how long a stop still serves silent connections
    std::uint64_t inflight_bytes = 24ull << 20;  // of all bodies being read or handled; never below `body`

    std::size_t target_bytes = 2048;       // of the request target
    std::size_t field_bytes = 8192;        // of one field line
    std::size_t read_buffer_bytes = 8192;  // holds a typical request; grows to header_bytes
    // After a refusal, what the client still sends is read and dropped, so that the answer arrives: at most
    // for linger_timeout, without a cap in bytes for up to `lingering` sessions at a time, and up to
    // linger_bytes for any further ones.
    std::chrono::milliseconds linger_timeout{2000};
    std::uint64_t lingering = 256;
    std::size_t linger_bytes = 64ull << 10;
    std::chrono::milliseconds farewell_timeout{
        500};  // for the peer to close a connection that we half-closed

    // How much of an answer the kernel buffers before the client has read what came before; 0: megabytes, as
    // the kernel decides. The kernel's memory also counts against a service's MemoryMax.
    std::size_t unsent_bytes = 0;
};

// The `Keep-Alive: timeout=` announced for an idle_timeout: less than the real one, so that a client that
// reuses a connection at the last moment does not race with the close, even with a round trip of a second. 0:
// the time is too short to be announced.
constexpr std::chrono::seconds announced_idle(std::chrono::milliseconds idle_timeout) noexcept {
    constexpr std::chrono::seconds margin{2};
    return std::max(std::chrono::floor<std::chrono::seconds>(idle_timeout) - margin, std::chrono::seconds{0});
}

}  // namespace chathook::http
