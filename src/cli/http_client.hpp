// The commands' way to talk HTTP: one request, over TCP, TLS or a UNIX socket. Blocks; one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace chathook::cli {

struct HttpCall {
    std::string method = "GET";
    std::string url;
    std::string unix_socket;           // a path: connect there instead of the URL's host
    std::vector<std::string> headers;  // "Name: value"
    std::string body;
    long timeout_seconds = 30;  // 0: none, for streams

    // Called with each piece of the answer's body as it comes; false ends the call. Unset: collected in
    // HttpAnswer::body.
    std::function<bool(std::string_view)> on_data;
};

struct HttpAnswer {
    unsigned status = 0;  // 0: no answer, see problem
    std::string content_type;
    std::string body;
    std::string problem;  // in plain words
};

HttpAnswer call(const HttpCall& request);

// `text` made safe for a query string.
std::string percent_encoded(const std::string& text);

}  // namespace chathook::cli
