// Reads the headers of one request from a text file: copied from a log, a raw request, or the output of curl
// -v. One thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <chathook/request.hpp>

namespace chathook::cli {

// One `Name: value` per line, up to the first empty line; LF or CRLF. Skips a request line, the marks of curl
// -v ("> " before sent lines; whole lines with "* " or "< ") and HTTP/2's pseudo headers. The result points
// into `text`. Throws Mistake with the line's number, but nothing of its content.
std::vector<Field> parse_header_lines(std::string_view text);

// The first line of a request, if `text` has one; else a POST to /. Points into `text`.
struct RequestLine {
    std::string_view method = "POST", path = "/", query = {};
};
RequestLine parse_request_line(std::string_view text);

// The bytes of the head, with the empty line that ends it, as parse_header_lines() finds that line: what is
// behind them is the body.
std::size_t head_size(std::string_view text);

}  // namespace chathook::cli
