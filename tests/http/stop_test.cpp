// A stop as clients see it: open connections are served, and no client is cut while it still sends.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include "http/certificates.hpp"
#include "http/endpoints.hpp"
#include "http/running_server.hpp"
#include "http/tls_client.hpp"
#include "net/listener.hpp"

using namespace chathook::http;
using namespace chathook::http::test;
using namespace chathook::net;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

Limits with_drain(std::chrono::milliseconds drain) {
    Limits limits;
    limits.drain_timeout = drain;
    return limits;
}

// A stop on its own thread, as the daemon does it. Once the constructor returns, nothing listens any more.
class Stop {
public:
    Stop(Server& server, std::chrono::milliseconds grace)
        : thread_([&server, grace] { server.stop(grace); }) {
        const std::string address = server.bound_addresses().front();
        CHECK(eventually([&] { return !connects(address); }));
    }
    ~Stop() { thread_.join(); }
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

private:
    static bool connects(const std::string& address) {
        try {
            RawClient probe(address);
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }

    std::thread thread_;
};

const std::string wait_request = "POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

// A listening socket that another process holds too, like systemd.
class Held {
public:
    explicit Held(const std::filesystem::path& path)
        : listener_(open_listener({.kind = Endpoint::Kind::unix_socket, .path = path.string()})) {}

    std::string address() const { return listener_.address; }
    Endpoint handed_over() const {
        return {.kind = Endpoint::Kind::inherited, .descriptor = ::dup(listener_.socket.get())};
    }

private:
    Listener listener_;
};

}  // namespace

TEST_CASE("new and persistent connections that are silent are served during a stop") {
    Running running(with_drain(60s));
    RawClient fresh = running.client();
    RawClient kept = running.client();
    CHECK_FALSE(kept.ask(post("before")).has("Connection: close\r\n"));
    CHECK(eventually([&] { return running.server.connections() == 2; }));
    const Stop stop(running.server, 60s);
    for (RawClient* client : {&fresh, &kept}) {
        const Answer answer = client->ask(post("in the stop"));
        CHECK(answer.body == "in the stop");
        CHECK(answer.has("Connection: close\r\n"));
        CHECK(client->read_to_end().empty());
        CHECK(client->ended_cleanly());
        client->close();
    }
}

TEST_CASE("connections queued at the server's own socket are served during a stop") {
    for (const std::uint64_t connections : {1u, 1024u}) {
        Limits limits = with_drain(60s);
        limits.connections = connections;
        Running running(limits);
        RawClient busy = running.client();
        busy.send(wait_request);
        running.handler.entered.acquire();
        std::vector<RawClient> waiting;
        for (int i = 0; i < 5; ++i) waiting.push_back(running.client());
        std::thread stopping([&] { running.server.stop(60s); });
        running.handler.release();
        CHECK(busy.read_answer().status == 200);
        busy.close();
        for (RawClient& client : waiting) {
            CHECK(client.ask(post("from the queue")).body == "from the queue");
            client.close();
        }
        stopping.join();
    }
}

TEST_CASE("a UNIX socket's name is removed before its queue is accepted") {
    const TempDirectory directory;
    EchoHandler handler;
    ServerSettings chosen = settings({unix_socket(directory.path() / "s")}, 1);
    chosen.limits = with_drain(60s);
    Server server(std::move(chosen), handler);
    server.start();
    RawClient client(server.bound_addresses().front());
    {
        const Stop stop(server, 60s);
        CHECK_FALSE(std::filesystem::exists(directory.path() / "s"));
        CHECK(client.ask(post("still")).body == "still");
        client.close();
    }
}

TEST_CASE("connections queued at a socket that systemd holds too are left to the next process") {
    const TempDirectory directory;
    const Held held(directory.path() / "s");
    EchoHandler handler;
    ServerSettings chosen = settings({held.handed_over()}, 1);
    chosen.limits.connections = 2;
    Server before(std::move(chosen), handler);
    before.start();
    RawClient stream(held.address());
    stream.send(get("/endless"));
    CHECK(stream.read_until("piece 0\n"));
    RawClient busy(held.address());
    busy.send(wait_request);
    handler.entered.acquire();
    RawClient next(held.address());
    next.send(post("for the next"));
    std::thread stopping([&] { before.stop(60s); });
    stream.read_to_end();  // the stop has begun
    stream.close();
    handler.release();
    CHECK(busy.read_answer().has("Connection: close\r\n"));
    busy.close();
    stopping.join();
    CHECK(handler.handled == 2);

    Server after(settings({held.handed_over()}, 1), handler);
    after.start();
    CHECK(next.read_answer().body == "for the next");
}

TEST_CASE("a silent connection is half-closed after the drain, and read until its client notices") {
    Running running(with_drain(50ms));
    RawClient fresh = running.client();
    RawClient kept = running.client();
    CHECK(kept.ask(post("before")).status == 200);
    std::thread stopping([&] { running.server.stop(60s); });
    for (RawClient* client : {&fresh, &kept}) {
        CHECK(client->read_to_end().empty());
        CHECK(client->ended_cleanly());
        client->send(post("that crossed with the end"));
        CHECK(client->read_to_end().empty());
        CHECK(client->ended_cleanly());
        client->close();
    }
    stopping.join();
    CHECK(running.handler.handled == 1);
}

TEST_CASE("a request that begins at the last moment of the drain is answered after it") {
    Running running(with_drain(50ms));
    RawClient slow = running.client();
    CHECK(slow.ask(post("before")).status == 200);
    slow.send("POST /echo HTTP/1.1\r\nHost: a\r\n");
    RawClient silent = running.client();
    std::thread stopping([&] { running.server.stop(60s); });
    CHECK(silent.read_to_end().empty());  // the drain is over
    silent.close();
    const Answer answer = slow.ask("Content-Length: 2\r\n\r\nhi");
    CHECK(answer.body == "hi");
    CHECK(answer.has("Connection: close\r\n"));
    slow.close();
    stopping.join();
}

TEST_CASE("requests that were pipelined before a stop are all answered") {
    Running running(with_drain(60s));
    RawClient client = running.client();
    client.send(wait_request + post("second") + post("third"));
    running.handler.entered.acquire();
    const Stop stop(running.server, 60s);
    running.handler.release();
    CHECK(client.read_answer().body == "hi");
    CHECK_FALSE(client.read_answer().has("Connection: close\r\n"));
    const Answer last = client.read_answer();
    CHECK(last.body == "third");
    CHECK(last.has("Connection: close\r\n"));
    client.close();
}

TEST_CASE("a stop without connections returns at once") {
    Running running(with_drain(60s));
    running.client().ask(post("before"));
    CHECK(eventually([&] { return running.server.connections() == 0; }));
    const auto begun = std::chrono::steady_clock::now();
    running.server.stop(60s);
    CHECK(std::chrono::steady_clock::now() - begun < 30s);
}

TEST_CASE("a PROXY header that has begun is completed during a stop, and its request answered") {
    ServerSettings chosen = Running::settings(with_drain(60s), 1);
    chosen.proxy_protocol = true;
    Running running(std::move(chosen));
    RawClient fresh = running.client();
    RawClient begun = running.client();
    begun.send("PROXY TCP4 203.0.113.9");
    CHECK(eventually([&] { return running.server.connections() == 2; }));
    const Stop stop(running.server, 60s);
    CHECK(begun.ask(" 192.0.2.2 56324 443\r\n" + get("/client")).body == "203.0.113.9");
    CHECK(fresh.ask("PROXY TCP4 203.0.113.8 192.0.2.2 1 2\r\n" + get("/client")).body == "203.0.113.8");
    begun.close();
    fresh.close();
}

TEST_CASE("a TLS handshake that has begun is completed during a stop, and its request answered") {
    const Certificates certificates;
    ServerSettings chosen = Running::settings(with_drain(60s), 1);
    chosen.tls = certificates.load(certificates.files("server"));
    Running running(std::move(chosen));
    RawClient connected = running.client();
    CHECK(eventually([&] { return running.server.connections() == 1; }));
    const Stop stop(running.server, 60s);
    TlsClient client(std::move(connected), {.ca = certificates.file("ca.pem")});
    CHECK_THAT(client.ask(post("in the stop"), "in the stop"), Contains("Connection: close\r\n"));
    CHECK(client.read_to_end().empty());
    CHECK(client.got_close_notify());
}
