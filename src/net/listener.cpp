#include "net/listener.hpp"
#include "support/error_text.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace chathook::net {
namespace {

namespace ip = boost::asio::ip;

[[noreturn]] void fail(const std::string& address, const std::string& why) {
    throw std::runtime_error("cannot listen on " + address + ": " + why);
}

Descriptor new_socket(int family, const std::string& address) {
    Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) fail(address, error_text(errno));
    return socket;
}

void start_listening(const Descriptor& socket, const std::string& address) {
    if (::listen(socket.get(), SOMAXCONN) != 0) fail(address, error_text(errno));
}

std::string tcp_text(const ip::address& address, unsigned port) {
    const std::string host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
    return host + ":" + std::to_string(port);
}

// What a listening socket is bound to, in the form of Listener::address.
std::string bound_text(int socket) {
    ::sockaddr_storage storage{};
    ::socklen_t size = sizeof storage;
    if (::getsockname(socket, reinterpret_cast<::sockaddr*>(&storage), &size) != 0) return "unknown";
    if (storage.ss_family == AF_INET || storage.ss_family == AF_INET6) {
        ip::tcp::endpoint endpoint;
        std::memcpy(endpoint.data(), &storage, std::min<std::size_t>(size, endpoint.capacity()));
        endpoint.resize(size);
        return tcp_text(endpoint.address(), endpoint.port());
    }
    ::sockaddr_un local{};
    std::memcpy(&local, &storage, std::min<std::size_t>(size, sizeof local));
    return "unix:" + std::string(local.sun_path, ::strnlen(local.sun_path, sizeof local.sun_path));
}

Listener open_tcp(const Endpoint& endpoint) {
    const std::string host = endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host;
    boost::system::error_code error;
    const ip::address address = ip::make_address(host, error);
    if (error) fail(endpoint.host + ":" + std::to_string(endpoint.port), "\"" + host + "\" is no IP address");
    const ip::tcp::endpoint local(address, endpoint.port);
    const std::string text = tcp_text(address, endpoint.port);

    Descriptor socket = new_socket(address.is_v6() ? AF_INET6 : AF_INET, text);
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // [::] does not accept IPv4, so that 0.0.0.0 can be listened on beside it.
    if (address.is_v6()) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(socket.get(), local.data(), static_cast<::socklen_t>(local.size())) != 0) {
        fail(text, error_text(errno));
    }
    start_listening(socket, text);
    std::string bound = bound_text(socket.get());
    return {std::move(socket), std::move(bound), {}, false};
}

// Removes a socket that a dead process left behind; fails if a process is listening on it.
void remove_stale(const ::sockaddr_un& name, const std::string& text) {
    struct ::stat status {};
    if (::lstat(name.sun_path, &status) != 0) {
        if (errno == ENOENT) return;
        fail(text, error_text(errno));
    }
    if (!S_ISSOCK(status.st_mode)) fail(text, "there is a file of that name that is no socket");
    const Descriptor probe = new_socket(AF_UNIX, text);
    const int connected = ::connect(probe.get(), reinterpret_cast<const ::sockaddr*>(&name), sizeof name);
    if (connected == 0 || errno != ECONNREFUSED) fail(text, "another process is listening on it");
    if (::unlink(name.sun_path) != 0) fail(text, error_text(errno));
}

// Called before listen(): nobody can connect until owner and mode are set.
void give_away(const Endpoint& endpoint, const std::string& text) {
    constexpr unsigned unchanged = ~0u;  // chown(2): -1
    const unsigned owner = endpoint.owner.value_or(unchanged);
    const unsigned group = endpoint.group.value_or(unchanged);
    if ((endpoint.owner || endpoint.group) && ::lchown(endpoint.path.c_str(), owner, group) != 0) {
        fail(text, "it cannot be given to that owner and group: " + error_text(errno));
    }
    if (::chmod(endpoint.path.c_str(), endpoint.mode) != 0) fail(text, error_text(errno));
}

Listener open_unix(const Endpoint& endpoint) {
    const std::string text = "unix:" + endpoint.path;
    ::sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (endpoint.path.empty() || endpoint.path.size() >= sizeof name.sun_path) {
        fail(text, "the path must have 1 to " + std::to_string(sizeof name.sun_path - 1) + " bytes");
    }
    endpoint.path.copy(name.sun_path, endpoint.path.size());
    remove_stale(name, text);
    Descriptor socket = new_socket(AF_UNIX, text);
    if (::bind(socket.get(), reinterpret_cast<const ::sockaddr*>(&name), sizeof name) != 0) {
        fail(text, error_text(errno));
    }
    try {
        give_away(endpoint, text);
        start_listening(socket, text);
    } catch (...) {
        ::unlink(name.sun_path);
        throw;
    }
    return {std::move(socket), text, endpoint.path, false};
}

Listener take_inherited(const Endpoint& endpoint) {
    Descriptor socket(endpoint.descriptor);
    const std::string text = "inherited socket " + std::to_string(endpoint.descriptor);
    if (::sd_is_socket(socket.get(), AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
        fail(text, "it is no listening stream socket");
    }
    const int flags = ::fcntl(socket.get(), F_GETFL);
    if (flags < 0 || ::fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0 ||
        ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC) != 0) {
        fail(text, error_text(errno));
    }
    std::string bound = bound_text(socket.get());
    return {std::move(socket), std::move(bound), {}, true};
}

}  // namespace

Listener open_listener(const Endpoint& endpoint) {
    switch (endpoint.kind) {
        case Endpoint::Kind::unix_socket: return open_unix(endpoint);
        case Endpoint::Kind::inherited: return take_inherited(endpoint);
        case Endpoint::Kind::tcp: break;
    }
    return open_tcp(endpoint);
}

std::vector<Endpoint> systemd_endpoints() {
    std::vector<Endpoint> endpoints;
    char** names = nullptr;
    const int count = ::sd_listen_fds_with_names(0, &names);
    for (int i = 0; i < count; ++i) {
        Endpoint endpoint;
        endpoint.kind = Endpoint::Kind::inherited;
        endpoint.descriptor = SD_LISTEN_FDS_START + i;
        endpoint.name = names[i];
        endpoints.push_back(std::move(endpoint));
        std::free(names[i]);
    }
    std::free(names);
    return endpoints;
}

}  // namespace chathook::net
