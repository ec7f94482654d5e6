// Which addresses an http sink may connect to. The bytes of the very address that is connected to are
// checked, so that neither another spelling nor a name that resolves differently the second time gets past.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

struct sockaddr;

namespace chathook::sinks {

enum class AddressKind {
    global,     // a public address
    loopback,   // this machine
    internal,   // a private network: RFC 1918, RFC 6598, RFC 4193 and the like
    forbidden,  // never connected to: link-local (cloud metadata), unspecified, multicast, reserved
};

// An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4, Teredo) is judged as that IPv4 address.
AddressKind classify_v4(std::span<const std::uint8_t, 4> bytes) noexcept;
AddressKind classify_v6(std::span<const std::uint8_t, 16> bytes) noexcept;

// Address families other than IP are forbidden.
AddressKind classify(const sockaddr& address) noexcept;

// How the configuration's URL names the host. A literal address is the operator's own choice; a name is only
// as trustworthy as DNS.
enum class HostForm { literal, localhost, name };

bool may_connect(AddressKind kind, HostForm host, bool allow_private) noexcept;

// "10.0.0.5, a private address"
std::string describe(const sockaddr& address);

}  // namespace chathook::sinks
