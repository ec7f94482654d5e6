#include "net/address.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chathook::net;
using boost::asio::ip::make_address;

TEST_CASE("an address is read as inet_pton reads it, without scope") {
    CHECK(read_address("::ffff:192.0.2.1") == make_address("192.0.2.1"));
    CHECK(read_address("2001:db8::1") == make_address("2001:db8::1"));
    for (const std::string text : {"", "localhost", "127.1", "fe80::1%1", "::g"})
        CHECK_FALSE(read_address(text));
    CHECK_FALSE(read_address(std::string_view("::1\0", 4)));
    CHECK_FALSE(read_address(std::string(46, '1')));
}

TEST_CASE("an IPv4-mapped IPv6 address becomes the IPv4 address, and every other address is unchanged") {
    CHECK(unmapped(make_address("::ffff:192.0.2.1")) == make_address("192.0.2.1"));
    for (const char* text : {"192.0.2.1", "2001:db8::1", "::192.0.2.1", "::"}) {
        INFO(text);
        CHECK(unmapped(make_address(text)) == make_address(text));
    }
}
