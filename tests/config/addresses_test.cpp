#include "config/addresses.hpp"

#include <catch2/catch.hpp>

using namespace chathook::config;

namespace {

Address address(std::string_view text) {
    const auto parsed = parse_address(text);
    REQUIRE(parsed.address);
    return *parsed.address;
}

}  // namespace

TEST_CASE("an address is an IP address or localhost with a port, a UNIX socket, or a socket of systemd") {
    CHECK(address("127.0.0.1:8080").host == "127.0.0.1");
    CHECK(address("127.0.0.1:8080").port == 8080);
    CHECK(address("[::1]:65535").host == "::1");
    CHECK(address("[::1]:65535").port == 65535);
    CHECK(address("localhost:0").host == "localhost");
    CHECK(address("unix:/run/chathook/http.sock").host == "/run/chathook/http.sock");
    CHECK(address("unix:/run/chathook/http.sock").kind == Address::Kind::unix_socket);
    CHECK(address("systemd").kind == Address::Kind::systemd);
    CHECK(address("systemd").host.empty());
    CHECK(address("systemd:admin").kind == Address::Kind::systemd);
    CHECK(address("systemd:admin").host == "admin");
}

TEST_CASE("an address that cannot be listened on is refused with the fix") {
    for (const std::string text : {"",
                                   "8080",
                                   "127.0.0.1",
                                   ":8080",
                                   "*:8080",
                                   "127.0.0.1:",
                                   "127.0.0.1:65536",
                                   "127.0.0.1:-1",
                                   "127.0.0.1:80 ",
                                   "127.1:80",
                                   "0x7f000001:80",
                                   "2130706433:80",
                                   "example.com:80",
                                   "::1:8080",
                                   "[127.0.0.1]:80",
                                   "[localhost]:80",
                                   "[]:80",
                                   "[::1:80",
                                   "[fe80::1%eth0]:80",
                                   "unix:",
                                   "unix:/",
                                   "unix:run/x",
                                   "systemd:",
                                   "systemd:a b",
                                   "systemd:a:b"}) {
        INFO(text);
        const auto parsed = parse_address(text);
        CHECK_FALSE(parsed.address);
        CHECK_FALSE(parsed.problem.empty());
    }
    CHECK_FALSE(parse_address("unix:/" + std::string(107, 'x')).address);
    CHECK(parse_address("unix:/" + std::string(106, 'x')).address);
}

TEST_CASE("loopback addresses and UNIX sockets are local, all others are not") {
    for (const char* text : {"127.0.0.1:1", "127.8.9.10:1", "[::1]:1", "localhost:1", "unix:/run/x"}) {
        INFO(text);
        CHECK(is_local(address(text)));
    }
    for (const char* text :
         {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "[fd00::1]:1", "systemd", "systemd:x", "128.0.0.1:1"}) {
        INFO(text);
        CHECK_FALSE(is_local(address(text)));
    }
}

TEST_CASE("two addresses collide when both cannot be listened on") {
    CHECK(collide(address("127.0.0.1:80"), address("127.0.0.1:80")));
    CHECK(collide(address("0.0.0.0:80"), address("127.0.0.1:80")));
    CHECK(collide(address("[::1]:80"), address("[::]:80")));
    CHECK(collide(address("localhost:80"), address("127.0.0.1:80")));
    CHECK(collide(address("0.0.0.0:80"), address("localhost:80")));
    CHECK(collide(address("[0:0:0:0:0:0:0:1]:80"), address("[::1]:80")));
    CHECK(collide(address("[0::0]:80"), address("[::1]:80")));
    CHECK(collide(address("unix:/run/x"), address("unix:/run/x")));
    CHECK(collide(address("unix:/run//./x"), address("unix:/run/x")));
    CHECK(collide(address("systemd"), address("systemd")));
    CHECK(collide(address("systemd:a"), address("systemd:a")));
    CHECK(collide(address("systemd"), address("systemd:a")));
    CHECK(collide(address("systemd:a"), address("systemd")));
    CHECK_FALSE(collide(address("systemd:a"), address("systemd:b")));
    CHECK_FALSE(collide(address("localhost:80"), address("[::1]:80")));
    CHECK_FALSE(collide(address("localhost:80"), address("127.0.0.2:80")));
    CHECK_FALSE(collide(address("unix:/run/a/../x"), address("unix:/run/x")));
    CHECK_FALSE(collide(address("127.0.0.1:80"), address("127.0.0.1:81")));
    CHECK_FALSE(collide(address("127.0.0.1:80"), address("127.0.0.2:80")));
    CHECK_FALSE(collide(address("0.0.0.0:80"), address("[::1]:80")));
    CHECK_FALSE(collide(address("127.0.0.1:0"), address("127.0.0.1:0")));
    CHECK_FALSE(collide(address("unix:/run/x"), address("unix:/run/y")));
}

TEST_CASE("the mode of a socket is octal and allows connections") {
    CHECK(parse_mode("0660").mode == 0660);
    CHECK(parse_mode("660").mode == 0660);
    CHECK(parse_mode("0600").problem.empty());
    CHECK(parse_mode("0600").doubt.empty());
    for (const char* text : {"", "60", "0o660", "0x1b0", "00660", "0680", "1777", "-660", "u=rw", "0660 "}) {
        INFO(text);
        CHECK_FALSE(parse_mode(text).problem.empty());
    }
    CHECK_THAT(parse_mode("0440").problem, Catch::Contains("lets nobody connect"));
    CHECK_THAT(parse_mode("0666").doubt, Catch::Contains("every user of this machine"));
}

TEST_CASE("a network is an address with a prefix length, or a single address") {
    CHECK(parse_network("127.0.0.0/8").network == "127.0.0.0/8");
    CHECK(parse_network("fd00::/8").network == "fd00::/8");
    CHECK(parse_network("10.0.0.7").network == "10.0.0.7/32");
    CHECK(parse_network("::1").network == "::1/128");
    for (const char* text : {"", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "proxy/8", "10.0.0.0/8/8",
                             "/8", "10.0.0.0/-1"}) {
        INFO(text);
        CHECK_FALSE(parse_network(text).problem.empty());
        CHECK(parse_network(text).network.empty());
    }
}

TEST_CASE("a network that trusts everybody, or has bits beyond its prefix, is doubted") {
    CHECK_FALSE(parse_network("0.0.0.0/0").doubt.empty());
    CHECK_FALSE(parse_network("::/0").doubt.empty());
    CHECK_FALSE(parse_network("10.0.0.1/8").doubt.empty());
    CHECK_FALSE(parse_network("10.0.0.128/24").doubt.empty());
    CHECK(parse_network("10.0.0.128/25").doubt.empty());
    CHECK(parse_network("10.0.0.1/32").doubt.empty());
}
