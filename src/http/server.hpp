// The HTTP server: listens, accepts, and runs one session for each connection on a fixed set of threads. This
// is all that the rest of the program sees of http/, besides the Handler it has to provide.
//
// Each thread has its own io_context and connections; they share only a few counters. The handler is called
// on all of these threads.
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
#include "net/listener.hpp"
#include "net/tls.hpp"

namespace chathook::http {

struct ServerSettings {
    std::vector<net::Endpoint> listen;
    unsigned threads = 0;                      // 0: one per CPU
    std::vector<std::string> trusted_proxies;  // CIDR blocks; peers on a UNIX socket are always trusted
    // Every connection must come from a trusted peer and begin with a PROXY header.
    bool proxy_protocol = false;
    net::TlsContext tls;  // null: no TLS. Connections over UNIX sockets are never encrypted
    Limits limits;
    std::string_view allow = "POST";  // the Allow of the 405 for CONNECT and TRACE; a literal
};

class Server {
public:
    // Opens and binds every address: from here on clients can connect; they are served after start(). Throws
    // std::runtime_error with a sentence that names the address. `handler` must outlive the Server.
    Server(ServerSettings settings, Handler& handler);

    // Stops without grace if still running. Before this, whatever handler coroutines wait for (the journal)
    // must have resumed or dropped them.
    ~Server();

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Starts the threads. Must be called once only.
    void start();

    // Accepts what waits in the queues of its own listening sockets and nothing new; ends streams. For
    // limits.drain_timeout (at most `grace`) silent connections are still served: answers say "Connection:
    // close". Then they are half-closed. Requests that have begun are finished and answered in the same way;
    // what is not done after `grace` is cut. Blocks until all threads are joined, which is as soon as no
    // connection is left; safe from any thread but the server's own, and more than once.
    void stop(std::chrono::milliseconds grace);

    // Connections accepted from now on begin with `tls`; open ones continue as they are. Any thread.
    void set_tls(net::TlsContext tls);

    // "127.0.0.1:8080", "[::1]:8080", "unix:/path", in the order of listen, with the real port.
    std::vector<std::string> bound_addresses() const;

    std::size_t connections() const noexcept;       // open now
    std::uint64_t inflight_bytes() const noexcept;  // of bodies being read or handled now

private:
    class Core;
    std::unique_ptr<Core> core_;
};

}  // namespace chathook::http
