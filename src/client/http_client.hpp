// The HTTP client of the commands: one request over TCP, TLS or a UNIX socket. Blocks; one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace chathook::client {

struct HttpCall {
    std::string method = "GET";
    std::string url;
    std::string unix_socket;           // a path: connect there instead of the URL's host
    std::vector<std::string> headers;  // "Name: value"
    std::string body;
    long timeout_seconds = 30;  // 0: none, for streams
    long silence_seconds = 0;   // ends the call when nothing arrived for this long; 0: never

    // Called with each piece of the body of a 200 as it arrives; false ends the call. If unset, or for
    // another status, the body is collected in HttpAnswer::body.
    std::function<bool(std::string_view)> on_data;
};

struct HttpAnswer {
    unsigned status = 0;  // 0: no answer, see problem
    std::string content_type;
    std::string body;
    std::string problem;        // in plain words
    bool url_is_wrong = false;  // no request was sent, because the URL is invalid
};

HttpAnswer call(const HttpCall& request);

// `text` percent-encoded for a query string: everything but the unreserved characters of RFC 3986,
// section 2.3.
std::string percent_encoded(const std::string& text);

}  // namespace chathook::client
