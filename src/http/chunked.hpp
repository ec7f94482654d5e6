// Decodes a chunked request body byte by byte as it arrives (RFC 9112, 7.1), and strictly: at most eight
// hexadecimal digits, CRLF exactly, no chunk extensions, no trailers. Lenient readings of each of these have
// been request smuggling in one server or another. Pure; used by one connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chathook::http {

class ChunkedDecoder {
public:
    enum class State {
        more,       // all input was taken, and the body goes on
        done,       // the body is complete; what is left of the input belongs to the next request
        bad,        // not the chunked coding that we accept: 400, close
        too_large,  // the body would exceed the limit: 413, close
    };

    explicit ChunkedDecoder(std::uint64_t body_bytes_max) noexcept : left_(body_bytes_max) {}

    // Takes what belongs to the body off the front of `input` and appends the decoded bytes to `body`. Must
    // not be called again after any state but `more`.
    State feed(std::string_view& input, std::string& body);

private:
    enum class Expect {
        size,
        size_line_feed,
        data,
        data_return,
        data_line_feed,
        last_return,
        last_line_feed
    };

    State take(char c) noexcept;
    State end_of_size() noexcept;

    std::uint64_t left_;       // bytes left of the limit
    std::uint64_t chunk_ = 0;  // bytes of the current chunk still to come
    unsigned digits_ = 0;
    Expect expect_ = Expect::size;
};

}  // namespace chathook::http
