// Long answers and streams, over real sockets.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "http/running_server.hpp"

using namespace chathook::http;
using namespace chathook::http::test;
using namespace std::chrono_literals;

TEST_CASE("a client that does not read its answer is cut") {
    Limits limits;
    limits.write_timeout = 100ms;
    Running running(limits);
    RawClient client = running.client();
    client.send(get("/big"));
    CHECK(eventually([&] { return running.handler.handled == 1; }));
    CHECK(eventually([&] { return running.server.connections() == 0; }));
}

TEST_CASE("a long answer arrives complete") {
    Running running;
    RawClient client = running.client();
    const Answer answer = client.ask(get("/big"));
    CHECK(answer.body.size() == 32u << 20);
    CHECK(client.ask(post("next")).body == "next");
}

TEST_CASE("a stream is sent in chunks as they come, and ends with the last chunk") {
    Running running;
    RawClient client = running.client();
    client.send(get("/stream"));
    const Answer head = client.read_answer();
    CHECK(head.has("Transfer-Encoding: chunked\r\n"));
    CHECK_FALSE(head.has("Content-Length"));
    CHECK(client.read_to_end() == "8\r\npiece 0\n\r\n8\r\npiece 1\n\r\n8\r\npiece 2\n\r\n0\r\n\r\n");
}

TEST_CASE("a stream to an HTTP/1.0 client ends with the connection") {
    Running running;
    RawClient client = running.client();
    client.send("GET /stream HTTP/1.0\r\n\r\n");
    CHECK_FALSE(client.read_answer().has("Transfer-Encoding"));
    CHECK(client.read_to_end() == "piece 0\npiece 1\npiece 2\n");
}

TEST_CASE("a stream is cancelled when its client leaves") {
    Running running;
    {
        RawClient client = running.client();
        client.send(get("/endless"));
        CHECK(client.read_until("piece 0\n"));
    }
    CHECK(running.handler.stream_gone.try_acquire_for(10s));
    CHECK(eventually([&] { return running.server.connections() == 0; }));
}

TEST_CASE("a stream ends properly when the server stops") {
    Running running;
    RawClient client = running.client();
    client.send(get("/endless"));
    CHECK(client.read_until("piece 0\n\r\n"));
    running.server.stop(10s);
    const std::string rest = client.read_to_end();
    CHECK(rest.substr(rest.size() - 5) == "0\r\n\r\n");
    CHECK(running.handler.stream_gone.try_acquire_for(0s));
}

TEST_CASE("a stream is cut when a stop has no grace") {
    EchoHandler handler;
    {
        Server server(Running::settings({}, 2), handler);
        server.start();
        RawClient client(server.bound_addresses().front());
        client.send(get("/endless"));
        CHECK(client.read_until("piece 0\n\r\n"));
        server.stop(0ms);
        client.read_to_end();
    }
    CHECK(handler.stream_gone.try_acquire_for(0s));
}
