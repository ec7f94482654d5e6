#include "sinks/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

using namespace chathook::sinks;

namespace {

// An address as the system's resolver would return it.
struct Address {
    explicit Address(const std::string& text) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
        auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
        if (text.find(':') == std::string::npos) {
            storage.ss_family = AF_INET;
            REQUIRE(::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1);
        } else {
            storage.ss_family = AF_INET6;
            REQUIRE(::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1);
        }
    }
    const sockaddr& get() const { return reinterpret_cast<const sockaddr&>(storage); }

    sockaddr_storage storage{};
};

}  // namespace

TEST_CASE("every address is public, private, loopback or forbidden") {
    struct Row {
        const char* address;
        AddressKind kind;
    };
    constexpr auto global = AddressKind::global;
    constexpr auto internal = AddressKind::internal;
    constexpr auto loopback = AddressKind::loopback;
    constexpr auto forbidden = AddressKind::forbidden;
    const Row row = GENERATE_COPY(
        Row{"8.8.8.8", global}, Row{"1.1.1.1", global}, Row{"9.255.255.255", global}, Row{"11.0.0.0", global},
        Row{"0.0.0.0", forbidden}, Row{"0.1.2.3", forbidden}, Row{"10.0.0.0", internal},
        Row{"10.255.255.255", internal}, Row{"100.63.255.255", global}, Row{"100.64.0.0", internal},
        Row{"100.100.100.200", internal}, Row{"100.127.255.255", internal}, Row{"100.128.0.0", global},
        Row{"127.0.0.1", loopback}, Row{"127.255.255.255", loopback}, Row{"128.0.0.0", global},
        Row{"169.253.255.255", global}, Row{"169.254.0.0", forbidden}, Row{"169.254.169.254", forbidden},
        Row{"169.254.255.255", forbidden}, Row{"172.15.255.255", global}, Row{"172.16.0.0", internal},
        Row{"172.31.255.255", internal}, Row{"172.32.0.0", global}, Row{"192.0.0.192", internal},
        Row{"192.0.1.0", global}, Row{"192.168.0.1", internal}, Row{"192.169.0.0", global},
        Row{"198.17.255.255", global}, Row{"198.18.0.1", internal}, Row{"198.19.255.255", internal},
        Row{"198.20.0.0", global}, Row{"223.255.255.255", global}, Row{"224.0.0.1", forbidden},
        Row{"240.0.0.1", forbidden}, Row{"255.255.255.255", forbidden}, Row{"::", forbidden},
        Row{"::1", loopback}, Row{"::2", forbidden}, Row{"::127.0.0.1", loopback},
        Row{"2001:4860:4860::8888", global}, Row{"2606:4700::1111", global}, Row{"fc00::1", internal},
        Row{"fd12:3456::1", internal}, Row{"fd00:ec2::254", forbidden}, Row{"fe80::1", forbidden},
        Row{"febf:ffff::1", forbidden}, Row{"fec0::1", internal}, Row{"ff02::1", forbidden},
        Row{"::ffff:8.8.8.8", global}, Row{"::ffff:127.0.0.1", loopback}, Row{"::ffff:10.0.0.1", internal},
        Row{"::ffff:169.254.169.254", forbidden}, Row{"::ffff:0:169.254.169.254", forbidden},
        Row{"64:ff9b::8.8.8.8", global}, Row{"64:ff9b::169.254.169.254", forbidden},
        Row{"64:ff9b::192.168.0.1", internal}, Row{"64:ff9b:1::1", internal},
        Row{"2002:a9fe:a9fe::1", forbidden}, Row{"2002:808:808::1", global},
        Row{"2001:0:1234::5601:5601", forbidden}, Row{"2001:0:1234::f7f7:f7f7", global});
    CAPTURE(row.address);
    CHECK(classify(Address(row.address).get()) == row.kind);
}

TEST_CASE("an address of another family than IP is never connected to") {
    sockaddr_un path{};
    path.sun_family = AF_UNIX;
    CHECK(classify(reinterpret_cast<const sockaddr&>(path)) == AddressKind::forbidden);
}

TEST_CASE(
    "literal private addresses and localhost are allowed, and names that lead there need allow_private") {
    struct Row {
        AddressKind kind;
        HostForm host;
        bool may;
        bool may_if_private_allowed;
    };
    for (const Row& row : {
             Row{AddressKind::global, HostForm::name, true, true},
             Row{AddressKind::global, HostForm::literal, true, true},
             Row{AddressKind::loopback, HostForm::name, false, true},
             Row{AddressKind::loopback, HostForm::localhost, true, true},
             Row{AddressKind::loopback, HostForm::literal, true, true},
             Row{AddressKind::internal, HostForm::name, false, true},
             Row{AddressKind::internal, HostForm::localhost, false, true},
             Row{AddressKind::internal, HostForm::literal, true, true},
             Row{AddressKind::forbidden, HostForm::name, false, false},
             Row{AddressKind::forbidden, HostForm::localhost, false, false},
             Row{AddressKind::forbidden, HostForm::literal, false, false},
         }) {
        CAPTURE(static_cast<int>(row.kind), static_cast<int>(row.host));
        CHECK(may_connect(row.kind, row.host, false) == row.may);
        CHECK(may_connect(row.kind, row.host, true) == row.may_if_private_allowed);
    }
}

TEST_CASE("an address is described in words") {
    CHECK(describe(Address("10.0.0.5").get()) == "10.0.0.5, a private address");
    CHECK(describe(Address("fe80::1").get()) == "fe80::1, a link-local or reserved address");
}
