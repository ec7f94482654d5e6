// The server around its sessions: addresses, the connection cap, exhausted descriptors, stopping.
#include "http/server.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "http/echo_handler.hpp"
#include "http/listener.hpp"
#include "http/raw_client.hpp"

using namespace chathook;
using namespace chathook::http;
using namespace chathook::http::test;
using namespace std::chrono_literals;

namespace {

const std::string echo_request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
const std::string wait_request = "POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

Endpoint tcp(std::string host) { return {.kind = Endpoint::Kind::tcp, .host = std::move(host)}; }

Endpoint unix_socket(const std::filesystem::path& path) {
    return {.kind = Endpoint::Kind::unix_socket, .path = path.string()};
}

ServerSettings settings(std::vector<Endpoint> listen, unsigned threads = 2) {
    ServerSettings result;
    result.listen = std::move(listen);
    result.threads = threads;
    return result;
}

struct TemporaryDirectory {
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "chathook-http-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

}  // namespace

TEST_CASE("a server listens on every address it is given and says where") {
    EchoHandler handler;
    const TemporaryDirectory directory;
    Server server(
        settings({tcp("127.0.0.1"), tcp("localhost"), tcp("::1"), unix_socket(directory.path / "s")}),
        handler);
    server.start();
    const auto addresses = server.bound_addresses();
    REQUIRE(addresses.size() == 4);
    CHECK(addresses[0].rfind("127.0.0.1:", 0) == 0);
    CHECK(addresses[1].rfind("127.0.0.1:", 0) == 0);
    CHECK(addresses[2].rfind("[::1]:", 0) == 0);
    CHECK(addresses[3] == "unix:" + (directory.path / "s").string());
    for (const std::string& address : addresses) {
        INFO(address);
        RawClient client(address);
        CHECK(client.ask(echo_request).body == "hi");
        const Answer from = client.ask("GET /client HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(from.body == (address.front() == '[' ? "::1" : address.front() == 'u' ? "unix" : "127.0.0.1"));
    }
}

TEST_CASE("clients that come before the start are served after it") {
    EchoHandler handler;
    Server server(settings({tcp("127.0.0.1")}), handler);
    RawClient client(server.bound_addresses().front());
    client.send(echo_request);
    server.start();
    CHECK(client.read_answer().body == "hi");
}

TEST_CASE("an address that cannot be had is named") {
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

TEST_CASE("a UNIX socket is for its owner and group, and gone after the stop") {
    EchoHandler handler;
    const TemporaryDirectory directory;
    const auto path = directory.path / "s";
    {
        const Server server(settings({unix_socket(path)}), handler);
        CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0660));
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a UNIX socket that a dead process left behind is replaced, nothing else is") {
    EchoHandler handler;
    const TemporaryDirectory directory;
    const auto path = directory.path / "s";
    { const Listener left_behind = open_listener(unix_socket(path)); }
    REQUIRE(std::filesystem::is_socket(path));
    Server server(settings({unix_socket(path)}), handler);
    server.start();
    CHECK_THROWS_WITH(Server(settings({unix_socket(path)}), handler), Catch::Contains("another process"));
    CHECK(RawClient("unix:" + path.string()).ask(echo_request).body == "hi");

    std::ofstream(directory.path / "file") << "kept";
    CHECK_THROWS_WITH(Server(settings({unix_socket(directory.path / "file")}), handler),
                      Catch::Contains("no socket"));
    CHECK(std::filesystem::file_size(directory.path / "file") == 4);
}

TEST_CASE("an inherited socket is served, what is none is refused") {
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

TEST_CASE("systemd's sockets are found by its environment") {
    CHECK(systemd_endpoints().empty());
    Listener opened = open_listener(tcp("127.0.0.1"));
    const ::pid_t child = ::fork();
    if (child == 0) {
        // Only what the test is about: no output, no destructors of the parent's things.
        ::dup2(opened.socket.get(), 3);
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ::setenv("LISTEN_FDS", "1", 1);
        const auto endpoints = systemd_endpoints();
        const bool right = endpoints.size() == 1 && endpoints[0].kind == Endpoint::Kind::inherited &&
                           endpoints[0].descriptor == 3 &&
                           open_listener(endpoints[0]).address == opened.address;
        ::_exit(right ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

TEST_CASE("at the connection cap accepting pauses, and resumes when one leaves") {
    EchoHandler handler;
    ServerSettings two = settings({tcp("127.0.0.1"), tcp("127.0.0.1")});
    two.limits.connections = 2;
    Server server(std::move(two), handler);
    server.start();
    const auto addresses = server.bound_addresses();
    for (int round = 0; round < 20; ++round) {
        RawClient first(addresses[0]);
        RawClient second(addresses[1]);
        CHECK(first.ask(echo_request).status == 200);
        CHECK(second.ask(echo_request).status == 200);
        CHECK(server.connections() == 2);
        RawClient third(addresses[round % 2]);
        third.send(echo_request);
        if (round == 0) CHECK_FALSE(third.readable_within(100ms));
        first.close();
        CHECK(third.read_answer().status == 200);
        CHECK(server.connections() <= 2);
    }
}

TEST_CASE("when descriptors run out one connection is shed, and serving resumes with the next descriptor") {
    EchoHandler handler;
    Server server(settings({tcp("127.0.0.1")}, 1), handler);
    RawClient shed(server.bound_addresses().front());
    RawClient served(server.bound_addresses().front());
    shed.send(echo_request);
    served.send(echo_request);

    ::rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    ::rlimit none_left = before;
    none_left.rlim_cur = static_cast<::rlim_t>(lowest_free);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none_left) == 0);
    server.start();
    const std::string nothing = shed.read_to_end();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(nothing.empty());
    CHECK(served.read_answer().body == "hi");
}

TEST_CASE("a stopping server answers what has begun, closes what is idle and takes nothing new") {
    EchoHandler handler;
    Server server(settings({tcp("127.0.0.1")}), handler);
    server.start();
    const std::string address = server.bound_addresses().front();
    RawClient idle(address);
    RawClient used(address);
    RawClient busy(address);
    CHECK(used.ask(echo_request).status == 200);
    busy.send(wait_request);
    handler.entered.acquire();

    std::thread stopping([&] { server.stop(60s); });
    CHECK(idle.read_to_end().empty());
    CHECK(used.read_to_end().empty());
    CHECK_THROWS(RawClient(address));
    handler.release();
    const Answer answer = busy.read_answer();
    CHECK(answer.status == 200);
    CHECK(answer.has("Connection: close\r\n"));
    busy.close();
    stopping.join();
    CHECK(server.connections() == 0);
}

TEST_CASE("what is not done after the grace is cut") {
    EchoHandler handler;
    {
        Server server(settings({tcp("127.0.0.1")}), handler);
        server.start();
        RawClient busy(server.bound_addresses().front());
        RawClient half(server.bound_addresses().front());
        half.send("POST /echo HTTP/1.1\r\n");
        busy.send(wait_request);
        handler.entered.acquire();
        server.stop(50ms);
        CHECK(busy.read_to_end().empty());
        CHECK(half.read_to_end().empty());
        server.stop(50ms);
        handler.forget();
    }
    CHECK(handler.handled == 1);
}

TEST_CASE("many clients at once are served on all threads") {
    EchoHandler handler;
    Server server(settings({tcp("127.0.0.1")}, 3), handler);
    server.start();
    std::atomic<int> right{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&] {
            for (int round = 0; round < 10; ++round) {
                RawClient client(server.bound_addresses().front());
                for (int request = 0; request < 10; ++request) {
                    if (client.ask(echo_request).body == "hi") ++right;
                }
            }
        });
    }
    for (std::thread& client : clients) client.join();
    CHECK(right == 800);
    server.stop(10s);
    CHECK(handler.handled == 800);
    CHECK(server.connections() == 0);
}
