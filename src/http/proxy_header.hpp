// The PROXY protocol's header, versions 1 and 2, by which a load balancer says whom it connects
// (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt). Pure; any thread.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace chathook::http {

inline constexpr std::size_t proxy_header_bytes_max = 536;  // what fits any TCP segment; version 1: 107

struct ProxyHeader {
    enum class State {
        more,  // right so far, but not all of it
        done,
        bad,
    };
    State state = State::bad;
    std::size_t size = 0;  // when done: what follows belongs to the client

    // None when the proxy speaks for itself (LOCAL) or cannot name an address (UNKNOWN, UNSPEC, UNIX).
    std::optional<boost::asio::ip::address> client;
};

// Reads the header that stands at the beginning of `bytes`, which is everything that has come so far.
ProxyHeader read_proxy_header(std::string_view bytes);

}  // namespace chathook::http
