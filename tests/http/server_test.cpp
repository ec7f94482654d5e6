// The server as a whole: serving on all its addresses and threads, and stopping.
#include "http/server.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "http/echo_handler.hpp"
#include "http/endpoints.hpp"
#include "http/raw_client.hpp"

using namespace chathook::http;
using namespace chathook::http::test;
using namespace std::chrono_literals;

namespace {

const std::string wait_request = "POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

}  // namespace

TEST_CASE("a server listens on every configured address and reports where") {
    EchoHandler handler;
    const TempDirectory directory;
    Server server(
        settings({tcp("127.0.0.1"), tcp("localhost"), tcp("::1"), unix_socket(directory.path() / "s")}),
        handler);
    server.start();
    const auto addresses = server.bound_addresses();
    REQUIRE(addresses.size() == 4);
    CHECK(addresses[0].rfind("127.0.0.1:", 0) == 0);
    CHECK(addresses[1].rfind("127.0.0.1:", 0) == 0);
    CHECK(addresses[2].rfind("[::1]:", 0) == 0);
    CHECK(addresses[3] == "unix:" + (directory.path() / "s").string());
    for (const std::string& address : addresses) {
        INFO(address);
        RawClient client(address);
        CHECK(client.ask(echo_request).body == "hi");
        const Answer from = client.ask("GET /client HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(from.body == (address.front() == '[' ? "::1" : address.front() == 'u' ? "unix" : "127.0.0.1"));
    }
}

TEST_CASE("clients that connect before the start are served after it") {
    EchoHandler handler;
    Server server(settings({tcp("127.0.0.1")}), handler);
    RawClient client(server.bound_addresses().front());
    client.send(echo_request);
    server.start();
    CHECK(client.read_answer().body == "hi");
}

TEST_CASE(
    "a stopping server answers requests that have begun, closes silent connections and accepts no new ones") {
    EchoHandler handler;
    ServerSettings chosen = settings({tcp("127.0.0.1")});
    chosen.limits.drain_timeout = 50ms;
    Server server(std::move(chosen), handler);
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
    idle.close();
    used.close();
    CHECK_THROWS(RawClient(address));
    handler.release();
    const Answer answer = busy.read_answer();
    CHECK(answer.status == 200);
    CHECK(answer.has("Connection: close\r\n"));
    busy.close();
    stopping.join();
    CHECK(server.connections() == 0);
}

TEST_CASE("requests that are not done after the grace period are cut") {
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
