// The acceptor at its limits: the connection cap, exhausted descriptors.
#include "http/acceptor.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "http/echo_handler.hpp"
#include "http/endpoints.hpp"
#include "http/raw_client.hpp"
#include "http/server.hpp"

using namespace chathook::http;
using namespace chathook::http::test;
using namespace std::chrono_literals;

TEST_CASE("accepting pauses at the connection limit, and resumes when a connection ends") {
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

TEST_CASE(
    "when descriptors run out, one connection is shed, and serving resumes with the next free descriptor") {
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
