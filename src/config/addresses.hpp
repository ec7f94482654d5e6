// Parses addresses to listen on and networks to trust. Checks the form only: nothing is resolved or opened.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"

namespace chathook::config {

// Either the address, or what is wrong with the text and the fix.
struct AddressOrProblem {
    std::optional<Address> address;
    std::string problem;
};
AddressOrProblem parse_address(std::string_view text);

// The mode of a UNIX socket, in octal digits ("0660", "660"), or what is wrong with it. `doubt` is set if the
// mode is valid but probably not what was meant.
struct ModeOrProblem {
    unsigned mode = 0;
    std::string problem;
    std::string doubt;
};
ModeOrProblem parse_mode(std::string_view text);

// Whether only this machine can reach the address. A socket passed by systemd counts as reachable from
// outside.
bool is_local(const Address& address);

// Whether both cannot be listened on at once: the same address in whatever notation, localhost being
// 127.0.0.1, or a wildcard and an address of its family with the same port.
bool collide(const Address& left, const Address& right);

// A network in CIDR notation with an explicit prefix length ("10.0.0.7" becomes "10.0.0.7/32"), or what is
// wrong with it. `doubt` is set if the network is valid but probably not what was meant.
struct NetworkOrProblem {
    std::string network;
    std::string problem;
    std::string doubt;
};
NetworkOrProblem parse_network(std::string_view text);

}  // namespace chathook::config
