// Listeners: which addresses can be listened on, which are refused, and how they are named.
#include "net/listener.hpp"

#include <catch2/catch.hpp>

#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "http/echo_handler.hpp"
#include "http/endpoints.hpp"
#include "http/raw_client.hpp"
#include "http/server.hpp"

using namespace chathook::http;
using namespace chathook::http::test;
using namespace chathook::net;

TEST_CASE("an address that cannot be opened is named in the error") {
    EchoHandler handler;
    const Server first(settings({tcp("127.0.0.1")}), handler);
    const std::string address = first.bound_addresses().front();
    Endpoint taken = tcp("127.0.0.1");
    taken.port = static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
    CHECK_THROWS_WITH(Server(settings({taken}), handler), Catch::Contains(address));
    CHECK_THROWS_WITH(Server(settings({tcp("example.com")}), handler), Catch::Contains("example.com"));
    CHECK_THROWS_WITH(Server(settings({tcp("203.0.113.1")}), handler), Catch::Contains("203.0.113.1:0"));
    CHECK_THROWS_WITH(Server(settings({unix_socket(std::string(200, 'x'))}), handler),
                      Catch::Contains("107 bytes"));
    CHECK_THROWS_WITH(Server(settings({unix_socket("/nonexistent/s")}), handler),
                      Catch::Contains("/nonexistent/s"));
}

TEST_CASE("a UNIX socket is open to its owner and group only, and is removed by a stop") {
    EchoHandler handler;
    const TempDirectory directory;
    const auto path = directory.path() / "s";
    {
        const Server server(settings({unix_socket(path)}), handler);
        CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0660));
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a UNIX socket has the configured mode, owner and group") {
    EchoHandler handler;
    const TempDirectory directory;
    Endpoint endpoint = unix_socket(directory.path() / "s");
    constexpr unsigned nobody = 65534;
    const bool root = ::geteuid() == 0;
    endpoint.mode = 0620;
    endpoint.owner = root ? nobody : ::getuid();
    endpoint.group = root ? nobody - 1 : ::getgid();
    const Server server(settings({endpoint}), handler);
    struct ::stat status {};
    REQUIRE(::stat(endpoint.path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0620);
    CHECK(status.st_uid == *endpoint.owner);
    CHECK(status.st_gid == *endpoint.group);
}

TEST_CASE("a UNIX socket whose owner cannot be set is not left behind") {
    const TempDirectory directory;
    const ::pid_t child = ::fork();
    if (child == 0) {
        // A process without privileges, in a directory that it may write to.
        if (::geteuid() == 0) {
            if (::chown(directory.path().c_str(), 65534, 65534) != 0) ::_exit(2);
            if (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(3);
        }
        Endpoint endpoint = unix_socket(directory.path() / "s");
        endpoint.owner = 0;
        try {
            open_listener(endpoint);
            ::_exit(4);
        } catch (const std::runtime_error& error) {
            const bool says_why = std::string(error.what()).find("owner and group") != std::string::npos;
            ::_exit(says_why ? 0 : 5);
        }
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK_FALSE(std::filesystem::exists(directory.path() / "s"));
}

TEST_CASE("only a UNIX socket that a dead process left behind is replaced") {
    EchoHandler handler;
    const TempDirectory directory;
    const auto path = directory.path() / "s";
    { const Listener left_behind = open_listener(unix_socket(path)); }
    REQUIRE(std::filesystem::is_socket(path));
    Server server(settings({unix_socket(path)}), handler);
    server.start();
    CHECK_THROWS_WITH(Server(settings({unix_socket(path)}), handler), Catch::Contains("another process"));
    CHECK(RawClient("unix:" + path.string()).ask(echo_request).body == "hi");

    std::ofstream(directory.path() / "file") << "kept";
    CHECK_THROWS_WITH(Server(settings({unix_socket(directory.path() / "file")}), handler),
                      Catch::Contains("no socket"));
    CHECK(std::filesystem::file_size(directory.path() / "file") == 4);
}

TEST_CASE("an inherited listening socket is served, and any other descriptor is refused") {
    EchoHandler handler;
    Listener opened = open_listener(tcp("127.0.0.1"));
    const std::string address = opened.address;
    Server server(settings({{.kind = Endpoint::Kind::inherited, .descriptor = opened.socket.release()}}),
                  handler);
    CHECK(server.bound_addresses() == std::vector<std::string>{address});
    server.start();
    CHECK(RawClient(address).ask(echo_request).body == "hi");
    Endpoint file{.kind = Endpoint::Kind::inherited, .descriptor = ::dup(0)};
    CHECK_THROWS_WITH(Server(settings({file}), handler), Catch::Contains("no listening stream socket"));
}

TEST_CASE("systemd's sockets are found through its environment variables") {
    CHECK(systemd_endpoints().empty());
    Listener opened = open_listener(tcp("127.0.0.1"));
    const ::pid_t child = ::fork();
    if (child == 0) {
        // Only what is tested: no output, and no destructors of the parent's objects.
        ::dup2(opened.socket.get(), 3);
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ::setenv("LISTEN_FDS", "1", 1);
        ::setenv("LISTEN_FDNAMES", "webhooks", 1);
        const auto endpoints = systemd_endpoints();
        const bool right = endpoints.size() == 1 && endpoints[0].kind == Endpoint::Kind::inherited &&
                           endpoints[0].descriptor == 3 && endpoints[0].name == "webhooks" &&
                           open_listener(endpoints[0]).address == opened.address;
        ::_exit(right ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}
