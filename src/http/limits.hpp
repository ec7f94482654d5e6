// Every limit of the front door. The configuration's names (server.limits) come first; what follows them is
// fixed. Plain values; set before the server starts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace chathook::http {

struct Limits {
    std::uint64_t body = 1ull << 20;           // bytes, chunking removed
    std::uint64_t header_bytes = 16ull << 10;  // of the whole head, its empty line included
    std::uint64_t headers = 64;                // fields
    std::uint64_t connections = 1024;          // at the cap accepting pauses, and resumes when one leaves
    std::uint64_t requests_per_connection = 1000;
    std::chrono::milliseconds header_timeout{10'000};  // absolute, from the accept or the head's first byte
    std::chrono::milliseconds body_timeout{30'000};    // absolute, from the end of the head
    std::chrono::milliseconds idle_timeout{75'000};    // between two requests
    std::chrono::milliseconds write_timeout{10'000};   // absolute, for one answer or one piece of a stream
    std::uint64_t inflight_bytes = 64ull << 20;        // of all bodies being read or handled

    std::size_t target_bytes = 2048;         // of the request target
    std::size_t field_bytes = 8192;          // of one field line
    std::size_t read_buffer_bytes = 8192;    // one read takes in a usual request whole; grows to header_bytes
    std::size_t linger_bytes = 64ull << 10;  // read and dropped after a refusal, so that its answer arrives
    std::chrono::milliseconds linger_timeout{1000};
};

}  // namespace chathook::http
