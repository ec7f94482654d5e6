// The client's address behind trusted proxies: X-Forwarded-For or Forwarded (RFC 7239), read from the right
// as long as the hop that wrote it is trusted. Whatever a client writes into these headers itself stands
// further left and is never reached. Pure; any thread.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstdint>
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
    // names the entry that is neither.
    explicit TrustedProxies(std::span<const std::string> blocks);

    bool contains(const boost::asio::ip::address& address) const noexcept;

private:
    struct Block {
        boost::asio::ip::address_v6 network;  // IPv4 as its mapped form
        unsigned prefix = 128;
    };
    std::vector<Block> blocks_;
};

// `peer`: the connecting address; none for a UNIX socket, whose peers are trusted. Returns the right-most
// address that is not trusted, the left-most if all are, and none if there is no address at all. An entry
// that is not an address ends the walk at the hop before it. If there is an X-Forwarded-For, Forwarded is
// ignored.
std::optional<boost::asio::ip::address> client_address(const TrustedProxies& trusted,
                                                       const std::optional<boost::asio::ip::address>& peer,
                                                       std::span<const Field> fields);

// Equal for addresses that count as one client: an IPv4 address, an IPv6 /64. 0 for text that is not an
// address, such as that of a proxy on a UNIX socket that names no client.
std::uint64_t share_key(std::string_view client) noexcept;

}  // namespace chathook::http
