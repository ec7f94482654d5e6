#include "net/proxy_header.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace chathook::net;
using namespace std::string_literals;
using State = ProxyHeader::State;

namespace {

const std::string binary_start = "\r\n\r\n\0\r\nQUIT\n"s;

std::string binary(int command, int family, const std::string& rest) {
    return binary_start + static_cast<char>(command) + static_cast<char>(family) +
           static_cast<char>(rest.size() >> 8) + static_cast<char>(rest.size() & 0xff) + rest;
}

const std::string v4_addresses = "\xC0\x00\x02\x01\xC0\x00\x02\x02\xDC\x04\x01\xBB"s;  // 192.0.2.1 to .2
const std::string v6_addresses =
    "\x20\x01\x0D\xB8"s + std::string(11, '\0') + "\x01"s + std::string(16, '\x02') + "\xDC\x04\x01\xBB"s;
const std::string mapped_addresses =
    std::string(10, '\0') + "\xFF\xFF\xC0\x00\x02\x01"s + std::string(16, '\x02') + "\xDC\x04\x01\xBB"s;
const std::string tlv = "\x04\x00\x03\x00\x00\x00"s;

struct Good {
    const char* what;
    std::string bytes;
    std::string client;  // "": none
};

const std::vector<Good> good{
    {"text, IPv4", "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n", "192.0.2.1"},
    {"text, IPv4, extremes", "PROXY TCP4 255.255.255.255 0.0.0.0 65535 0\r\n", "255.255.255.255"},
    {"text, IPv6", "PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n", "2001:db8::1"},
    {"text, IPv6 that holds IPv4", "PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1"},
    {"text, unknown", "PROXY UNKNOWN\r\n", ""},
    {"text, unknown with anything", "PROXY UNKNOWN 1 2 3 nothing\r\n", ""},
    {"text, the longest there is", "PROXY UNKNOWN " + std::string(91, 'f') + "\r\n", ""},
    {"binary, IPv4", binary(0x21, 0x11, v4_addresses), "192.0.2.1"},
    {"binary, IPv4 with TLVs", binary(0x21, 0x11, v4_addresses + tlv), "192.0.2.1"},
    {"binary, IPv6", binary(0x21, 0x21, v6_addresses), "2001:db8::1"},
    {"binary, IPv6 that holds IPv4", binary(0x21, 0x21, mapped_addresses), "192.0.2.1"},
    {"binary, UNIX", binary(0x21, 0x31, std::string(216, 'u')), ""},
    {"binary, unspecified", binary(0x21, 0x00, ""), ""},
    {"binary, unspecified with bytes", binary(0x21, 0x00, "12345"), ""},
    {"binary, the proxy's own", binary(0x20, 0x00, ""), ""},
    {"binary, the proxy's own with addresses", binary(0x20, 0x11, v4_addresses), ""},
    {"binary, the longest there is", binary(0x21, 0x11, v4_addresses + std::string(508, 't')), "192.0.2.1"},
};

std::string client_of(const ProxyHeader& header) { return header.client ? header.client->to_string() : ""; }

}  // namespace

TEST_CASE("a PROXY header of either version names the client") {
    for (const Good& each : good) {
        INFO(each.what);
        const ProxyHeader header = read_proxy_header(each.bytes);
        REQUIRE(header.state == State::done);
        CHECK(header.size == each.bytes.size());
        CHECK(client_of(header) == each.client);
    }
}

TEST_CASE("a PROXY header is recognised in pieces of any size, and bytes behind it are left alone") {
    for (const Good& each : good) {
        INFO(each.what);
        for (std::size_t size = 0; size < each.bytes.size(); ++size) {
            INFO(size);
            CHECK(read_proxy_header(each.bytes.substr(0, size)).state == State::more);
        }
        for (const char* rest : {"POST / HTTP/1.1\r\n", "\r\n", "\n", "\x16\x03\x01", "PROXY "}) {
            const ProxyHeader header = read_proxy_header(each.bytes + rest);
            CHECK(header.state == State::done);
            CHECK(header.size == each.bytes.size());
            CHECK(client_of(header) == each.client);
        }
    }
}

TEST_CASE("anything but a PROXY header is refused") {
    const std::vector<std::pair<const char*, std::string>> table{
        {"a request", "POST / HTTP/1.1\r\n"},
        {"a request that begins alike", "PROXX / HTTP/1.1\r\n"},
        {"a TLS client", "\x16\x03\x01"},
        {"lower case", "proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n"},
        {"another family", "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n"},
        {"no family", "PROXY \r\n"},
        {"an unknown family that goes on", "PROXY UNKNOWNS\r\n"},
        {"two blanks", "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n"},
        {"a blank at the end", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n"},
        {"a word too many", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n"},
        {"a word too few", "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n"},
        {"a tab", "PROXY TCP4\t192.0.2.1 192.0.2.2 1 2\r\n"},
        {"IPv6 as IPv4", "PROXY TCP4 2001:db8::1 192.0.2.2 1 2\r\n"},
        {"IPv4 as IPv6", "PROXY TCP6 2001:db8::1 192.0.2.2 1 2\r\n"},
        {"a leading zero", "PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n"},
        {"three numbers", "PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n"},
        {"a name", "PROXY TCP4 localhost 192.0.2.2 1 2\r\n"},
        {"a scope", "PROXY TCP6 fe80::1%lo ::1 1 2\r\n"},
        {"an endless address", "PROXY TCP6 " + std::string(60, '1') + " ::1 1 2\r\n"},
        {"a NUL in an address", "PROXY TCP4 192.0.2.1\0 192.0.2.2 1 2\r\n"s},
        {"a port too high", "PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n"},
        {"a port with a sign", "PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n"},
        {"a port with a leading zero", "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n"},
        {"a bare LF", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n"},
        {"a LF within", "PROXY UNKNOWN\n\r\n"},
        {"a bare CR", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rx"},
        {"a line of 108 bytes", "PROXY UNKNOWN " + std::string(92, 'f') + "\r\n"},
        {"a line without end", "PROXY UNKNOWN " + std::string(92, 'f')},
        {"binary, version 1", binary(0x11, 0x11, v4_addresses)},
        {"binary, version 3", binary(0x31, 0x11, v4_addresses)},
        {"binary, another command", binary(0x22, 0x11, v4_addresses)},
        {"binary, datagrams", binary(0x21, 0x12, v4_addresses)},
        {"binary, another family", binary(0x21, 0x41, v4_addresses)},
        {"binary, IPv4 too short", binary(0x21, 0x11, v4_addresses.substr(1))},
        {"binary, IPv6 too short", binary(0x21, 0x21, v6_addresses.substr(1))},
        {"binary, UNIX too short", binary(0x21, 0x31, std::string(215, 'u'))},
        {"binary, too long", binary(0x21, 0x11, v4_addresses + std::string(509, 't'))},
        {"binary, far too long", binary_start + "\x21\x11\xff\xff"s},
        {"binary, one byte of the start changed", "\r\n\r\n\0\r\nQUIT\r\x21\x11"s},
    };
    for (const auto& [what, bytes] : table) {
        INFO(what);
        CHECK(read_proxy_header(bytes).state == State::bad);
    }
}
