// The header of the PROXY protocol, versions 1 and 2, in which a load balancer names the client that it
// connects (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt). Pure; any thread.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace chathook::net {

inline constexpr std::size_t proxy_header_bytes_max = 536;  // fits into any TCP segment; version 1: 107

struct ProxyHeader {
    enum class State {
        more,  // valid so far, but incomplete
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

}  // namespace chathook::net
