// Addresses to listen on, and opening a listening socket on one. Opened at start-up by one thread, then used
// on the accepting thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/file_descriptor.hpp"

namespace chathook::net {

// One address to listen on.
struct Endpoint {
    enum class Kind { tcp, unix_socket, inherited };
    Kind kind = Kind::tcp;
    std::string host;        // tcp: an IP address literal without brackets, or "localhost" (127.0.0.1)
    std::uint16_t port = 0;  // tcp; 0: the kernel chooses, see Listener::address
    std::string path;        // unix_socket: a stale one is replaced
    unsigned mode = 0660;    // unix_socket: who may connect
    std::optional<unsigned> owner = std::nullopt;  // unix_socket: none: the process's own user
    std::optional<unsigned> group = std::nullopt;  // unix_socket: none: the process's own group
    int descriptor = -1;  // inherited: a listening stream socket; open_listener() takes ownership
    std::string name;     // inherited: what systemd calls it (FileDescriptorName=)
};

struct Listener {
    Descriptor socket;       // non-blocking, listening
    std::string address;     // "127.0.0.1:8080", "[::1]:8080", "unix:/path", with the real port
    std::string unix_path;   // to be removed when the listener closes; empty: none
    bool inherited = false;  // systemd holds it too: the next process serves what waits in its queue
};

// Throws std::runtime_error with a sentence that names the address.
Listener open_listener(const Endpoint& endpoint);

// The listening sockets that systemd handed over (LISTEN_FDS), in its order; empty if there are none.
std::vector<Endpoint> systemd_endpoints();

}  // namespace chathook::net
