// The front door: listens, accepts, and runs one session for each connection on a fixed set of threads. This
// is all that the rest of the house sees of http/, beside the Handler it has to bring.
//
// Each thread has an io_context and connections of its own; nothing is shared between them but a few
// counters. The handler is called on all of these threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/handler.hpp"
#include "http/limits.hpp"
#include "http/tls.hpp"

namespace chathook::http {

// One address to listen on.
struct Endpoint {
    enum class Kind { tcp, unix_socket, inherited };
    Kind kind = Kind::tcp;
    std::string host;        // tcp: an IP address literal without brackets, or "localhost" (127.0.0.1)
    std::uint16_t port = 0;  // tcp; 0: the kernel chooses, see bound_addresses()
    std::string path;        // unix_socket: a stale one is replaced
    unsigned mode = 0660;    // unix_socket: who may connect
    std::optional<unsigned> owner = std::nullopt;  // unix_socket: none: the process's own user
    std::optional<unsigned> group = std::nullopt;  // unix_socket: none: the process's own group
    int descriptor = -1;  // inherited: a listening stream socket; the server closes it
    std::string name;     // inherited: what systemd calls it (FileDescriptorName=)
};

// The listening sockets that systemd handed over (LISTEN_FDS), in its order; empty if there are none.
std::vector<Endpoint> systemd_endpoints();

struct ServerSettings {
    std::vector<Endpoint> listen;
    unsigned threads = 0;                      // 0: one per CPU
    std::vector<std::string> trusted_proxies;  // CIDR blocks; peers on a UNIX socket are trusted always
    bool proxy_protocol = false;  // every connection begins with a PROXY header, and only trusted peers may
    TlsContext tls;               // null: none. Connections over UNIX sockets are never encrypted
    Limits limits;
    std::string_view allow = "POST";  // what the 405 for CONNECT and TRACE names; a literal
};

class Server {
public:
    // Opens and binds every address: from here on clients can connect, they are served after start(). Throws
    // std::runtime_error with a sentence that names the address. `handler` must outlive the Server.
    Server(ServerSettings settings, Handler& handler);

    // Stops without grace if still running. Whatever handler coroutines may still wait for (the journal) must
    // have answered or dropped them before this.
    ~Server();

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Starts the threads. Once.
    void start();

    // Closes the listeners and idle connections at once; requests that have begun are finished and answered
    // with "Connection: close", streams are ended. What is not done after `grace` is cut. Blocks until all
    // threads are joined; safe from any thread but the server's own, and more than once.
    void stop(std::chrono::milliseconds grace);

    // Connections accepted from now on begin under `tls`; those that are open go on as they are. Any thread.
    void set_tls(TlsContext tls);

    // "127.0.0.1:8080", "[::1]:8080", "unix:/path", in the order of listen, with the real port.
    std::vector<std::string> bound_addresses() const;

    std::size_t connections() const noexcept;       // open now
    std::uint64_t inflight_bytes() const noexcept;  // of bodies being read or handled now

private:
    class Core;
    std::unique_ptr<Core> core_;
};

}  // namespace chathook::http
