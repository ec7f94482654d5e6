#include "http/client_address.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

#include "net/address.hpp"

using namespace chathook;
using namespace chathook::http;
using boost::asio::ip::make_address;

namespace {

const std::vector<std::string> blocks = {"127.0.0.0/8", "10.1.0.0/16", "::1", "2001:db8:5::/48"};

std::string resolve(std::string_view peer, std::vector<Field> fields) {
    const TrustedProxies trusted(blocks);
    std::optional<boost::asio::ip::address> address;
    if (!peer.empty()) address = net::unmapped(make_address(std::string(peer)));
    const auto client = client_address(trusted, address, fields);
    return client ? client->to_string() : "none";
}

std::string behind_proxy(std::string_view forwarded_for) {
    return resolve("127.0.0.1", {{"X-Forwarded-For", forwarded_for}});
}

}  // namespace

TEST_CASE("a block of trusted proxies is an address with an optional prefix") {
    const TrustedProxies trusted(blocks);
    CHECK(trusted.contains(make_address("127.255.0.1")));
    CHECK(trusted.contains(make_address("10.1.255.255")));
    CHECK(trusted.contains(make_address("::ffff:10.1.0.1")));
    CHECK(trusted.contains(make_address("::1")));
    CHECK(trusted.contains(make_address("2001:db8:5:ffff::1")));
    CHECK_FALSE(trusted.contains(make_address("10.2.0.0")));
    CHECK_FALSE(trusted.contains(make_address("::2")));
    CHECK_FALSE(trusted.contains(make_address("2001:db8:6::1")));
    CHECK_FALSE(TrustedProxies({}).contains(make_address("127.0.0.1")));
    const std::vector<std::string> odd = {"192.168.4.0/23"};
    CHECK(TrustedProxies(odd).contains(make_address("192.168.5.9")));
    CHECK_FALSE(TrustedProxies(odd).contains(make_address("192.168.6.9")));
    const std::vector<std::string> everything = {"0.0.0.0/0"};
    CHECK(TrustedProxies(everything).contains(make_address("203.0.113.1")));
    CHECK_FALSE(TrustedProxies(everything).contains(make_address("2001:db8::1")));
}

TEST_CASE("an invalid address block is named in the error") {
    for (const char* text : {"", "localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/8x",
                             "::/129", "10.0.0.0/-1", "10.0.0/8"}) {
        INFO(text);
        const std::vector<std::string> one = {text};
        CHECK_THROWS_AS(TrustedProxies(one), std::invalid_argument);
    }
}

TEST_CASE("the client is the right-most address that is not trusted") {
    CHECK(resolve("203.0.113.9", {{"X-Forwarded-For", "192.0.2.1"}}) == "203.0.113.9");
    CHECK(resolve("127.0.0.1", {}) == "127.0.0.1");
    CHECK(behind_proxy("192.0.2.1") == "192.0.2.1");
    CHECK(behind_proxy("198.51.100.1, 192.0.2.1") == "192.0.2.1");
    CHECK(behind_proxy("198.51.100.1, 192.0.2.1,10.1.2.3 , 127.0.0.9") == "192.0.2.1");
    CHECK(behind_proxy("10.1.0.1, 10.1.0.2") == "10.1.0.1");
    CHECK(behind_proxy("2001:db8::7") == "2001:db8::7");
    CHECK(behind_proxy("::ffff:192.0.2.1") == "192.0.2.1");
    CHECK(resolve("::ffff:127.0.0.1", {{"x-forwarded-for", "192.0.2.1"}}) == "192.0.2.1");
    CHECK(resolve("127.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}, {"X-Forwarded-For", "192.0.2.1"}}) ==
          "192.0.2.1");
}

TEST_CASE("ports and brackets around a forwarded address are removed") {
    CHECK(behind_proxy("192.0.2.1:4711") == "192.0.2.1");
    CHECK(behind_proxy("[2001:db8::7]") == "2001:db8::7");
    CHECK(behind_proxy("[2001:db8::7]:4711") == "2001:db8::7");
    CHECK(behind_proxy("192.0.2.1:_obscured") == "192.0.2.1");
    CHECK(behind_proxy("[2001:db8::7]:_9") == "2001:db8::7");
}

TEST_CASE("an entry that is not an address ends the walk at the hop before it") {
    for (const char* text : {"",
                             ",",
                             "unknown",
                             "localhost",
                             "192.0.2.1, garbage",
                             "192.0.2.1,",
                             "[::1",
                             "1.2.3",
                             "1.2.3.4.5",
                             "192.0.2.1 192.0.2.2",
                             "'; drop table",
                             "[::1]x",
                             "[::1]:",
                             "[::1]:x",
                             "[192.0.2.1]",
                             "192.0.2.1:",
                             "192.0.2.1:http",
                             "192.0.2.1:123456",
                             "fe80::1%lo",
                             "[fe80::1%25lo]",
                             "]",
                             "["}) {
        INFO(text);
        CHECK(behind_proxy(text) == "127.0.0.1");
    }
    CHECK(behind_proxy(std::string(5000, '1')) == "127.0.0.1");
    CHECK(behind_proxy("garbage, 10.1.0.1") == "10.1.0.1");
}

TEST_CASE("a walk through trusted proxies ends after 32 hops") {
    std::string hops = "192.0.2.1";
    for (int i = 0; i < 40; ++i) hops += ", 10.1.0." + std::to_string(i);
    CHECK(behind_proxy(hops) == "10.1.0.8");
}

TEST_CASE("Forwarded is read only if there is no X-Forwarded-For") {
    const auto forwarded = [](std::string_view value) {
        return resolve("127.0.0.1", {{"Forwarded", value}});
    };
    CHECK(forwarded("for=192.0.2.1") == "192.0.2.1");
    CHECK(forwarded("by=10.1.0.1;For=\"192.0.2.1:80\";proto=https") == "192.0.2.1");
    CHECK(forwarded("for=198.51.100.1, for=192.0.2.1, for=10.1.0.1") == "192.0.2.1");
    CHECK(forwarded("for=\"[2001:db8:cafe::17]:4711\"") == "2001:db8:cafe::17");
    CHECK(forwarded("for=_hidden") == "127.0.0.1");
    CHECK(forwarded("for=unknown") == "127.0.0.1");
    CHECK(forwarded("proto=https") == "127.0.0.1");
    CHECK(forwarded("for=\"") == "127.0.0.1");
    CHECK(resolve("127.0.0.1", {{"Forwarded", "for=198.51.100.1"}, {"X-Forwarded-For", "192.0.2.1"}}) ==
          "192.0.2.1");
}

TEST_CASE("a client cannot choose its address through a value that a proxy quotes") {
    // The proxy wrote for= first and then, quoted, a host that the client chose.
    const std::string honest = R"(for=192.0.2.1;host=")";
    for (const char* const host : {R"(a, for=198.51.100.7")", R"(a, for=198.51.100.7;x=")",
                                   R"(a, for=198.51.100.7, b")", R"(\"\", for=198.51.100.7;x=\"")"}) {
        INFO(host);
        CHECK(resolve("127.0.0.1", {{"Forwarded", honest + host}}) == "127.0.0.1");
    }
    CHECK(resolve("127.0.0.1", {{"Forwarded", honest + R"(hooks.example.com")"}}) == "192.0.2.1");
}

TEST_CASE("the peers of a UNIX socket are trusted") {
    CHECK(resolve("", {{"X-Forwarded-For", "192.0.2.1"}}) == "192.0.2.1");
    CHECK(resolve("", {}) == "none");
    CHECK(resolve("", {{"X-Forwarded-For", "nobody"}}) == "none");
}

TEST_CASE("an IPv4 address and an IPv6 /64 each count as one client") {
    CHECK(share_key("192.0.2.1") == share_key("192.0.2.1"));
    CHECK(share_key("192.0.2.1") != share_key("192.0.2.2"));
    CHECK(share_key("2001:db8::1") == share_key("2001:db8::ffff:1"));
    CHECK(share_key("2001:db8::1") != share_key("2001:db8:0:1::1"));
    CHECK(share_key("unix") == 0);
}
