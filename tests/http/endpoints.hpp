// Addresses to listen on, and requests to send there.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "http/server.hpp"
#include "support/temp_directory.hpp"

namespace chathook::http::test {

inline const std::string echo_request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

inline net::Endpoint tcp(std::string host) {
    return {.kind = net::Endpoint::Kind::tcp, .host = std::move(host)};
}

inline net::Endpoint unix_socket(const std::filesystem::path& path) {
    return {.kind = net::Endpoint::Kind::unix_socket, .path = path.string()};
}

inline ServerSettings settings(std::vector<net::Endpoint> listen, unsigned threads = 2) {
    ServerSettings result;
    result.listen = std::move(listen);
    result.threads = threads;
    return result;
}

using chathook::test::TempDirectory;

}  // namespace chathook::http::test
