// Who is at the other end, when trusted proxies stand between: X-Forwarded-For or Forwarded (RFC 7239), read
// from the right as long as the hop that wrote it is trusted. Whatever a client writes into these headers
// itself stands further left and is never reached. Pure; any thread.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/request.hpp>

namespace chathook::http {

class TrustedProxies {
public:
    // CIDR blocks or single addresses: "10.0.0.0/8", "::1". Throws std::invalid_argument with a sentence that
    // names what is no such thing.
    explicit TrustedProxies(std::span<const std::string> blocks);

    bool contains(const boost::asio::ip::address& address) const noexcept;

private:
    struct Block {
        boost::asio::ip::address_v6 network;  // IPv4 as its mapped form
        unsigned prefix = 128;
    };
    std::vector<Block> blocks_;
};

// An address literal as a proxy writes it: without a scope (fe80::1%eth0), which means something to the
// machine that wrote it only. An IPv4 address in its IPv6 mapping is the IPv4 address it is.
std::optional<boost::asio::ip::address> read_address(std::string_view text);

// `peer`: who connected; none for a UNIX socket, whose peers are trusted. Answers the right-most address that
// is not trusted, the left-most if all are, and none if there is no address at all. What is not an address
// ends the walk at the hop before it. X-Forwarded-For, when there, is the only one read.
std::optional<boost::asio::ip::address> client_address(const TrustedProxies& trusted,
                                                       const std::optional<boost::asio::ip::address>& peer,
                                                       std::span<const Field> fields);

// An IPv4 address in its IPv6 mapping (a dual-stack socket's peer) as the IPv4 address it is.
boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

}  // namespace chathook::http
