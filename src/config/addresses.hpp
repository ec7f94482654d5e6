// Addresses to listen on and networks to trust, checked for form only: nothing is resolved or opened. Pure;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"

namespace chathook::config {

// Either the address or what is wrong with the text, and the mend.
struct AddressOrProblem {
    std::optional<Address> address;
    std::string problem;
};
AddressOrProblem parse_address(std::string_view text);

// The mode of a UNIX socket, in octal digits ("0660", "660"), or what is wrong with it. `doubt` is set when
// it is usable but hardly what was meant.
struct ModeOrProblem {
    unsigned mode = 0;
    std::string problem;
    std::string doubt;
};
ModeOrProblem parse_mode(std::string_view text);

// Only this machine can reach it. A socket handed over by systemd counts as outside.
bool is_local(const Address& address);

// Both cannot be listened on at once: the same, or a wildcard and one of its family on the same port.
bool collide(const Address& left, const Address& right);

// A network in CIDR notation with its prefix length written out ("10.0.0.7" becomes "10.0.0.7/32"), or what
// is wrong with it. `doubt` is set when it is usable but hardly what was meant.
struct NetworkOrProblem {
    std::string network;
    std::string problem;
    std::string doubt;
};
NetworkOrProblem parse_network(std::string_view text);

}  // namespace chathook::config
