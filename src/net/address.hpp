// IP addresses as text and as a socket gives them, each in one canonical form. Pure; any thread.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string_view>

namespace chathook::net {

// Reads an address literal as a proxy writes it: without a scope (fe80::1%eth0), which is meaningful only to
// the machine that wrote it. An IPv4-mapped IPv6 address becomes the IPv4 address.
std::optional<boost::asio::ip::address> read_address(std::string_view text);

// Turns an IPv4-mapped IPv6 address (a dual-stack socket's peer) into the IPv4 address; others stay as they
// are.
boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

}  // namespace chathook::net
