#include "doctor/neighbours.hpp"

#include <catch2/catch.hpp>

#include "doctor/patients.hpp"

namespace chathook::doctor {
namespace {

std::vector<std::string_view> names_of(std::string_view expected, test::Sent sent, const char* url = "") {
    VendorSettings settings = test::settings({{test::given_secret}});
    settings.public_url = url;
    std::vector<std::string_view> names;
    for (const VendorDefinition* vendor :
         neighbours({test::vendor_named(expected), test::vendors, settings, sent.request(), test::now}))
        names.push_back(vendor->name);
    return names;
}

}  // namespace

TEST_CASE("a vendor by whose rules the signature is right is a neighbour, whatever the age of its time") {
    const std::string body = R"({"a":1})";
    CHECK(names_of("plain", test::Sent(body).with("X-Labelled-Signature", "sha256=" + test::hex_mac(body))) ==
          std::vector<std::string_view>{"labelled"});
    const std::string old = "1600000000";
    CHECK(names_of("plain", test::Sent(body).with("X-Timed-Signature",
                                                  "t=" + old + ",v1=" + test::hex_mac(old + "." + body))) ==
          std::vector<std::string_view>{"timed"});
}

TEST_CASE("neither the expected vendor is a neighbour, nor one whose signature is wrong") {
    const std::string body = R"({"a":1})";
    CHECK(names_of("plain", test::Sent(body).with("X-Plain-Signature", test::hex_mac(body))).empty());
    CHECK(names_of("plain", test::Sent(body).with("X-Labelled-Signature", "sha256=" + test::hex_mac("{}")))
              .empty());
}

}  // namespace chathook::doctor
