#include "doctor/text_variants.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "doctor/patients.hpp"

namespace chathook::doctor {
namespace {

std::vector<TextVariant> variants(const VendorDefinition& vendor, test::Sent sent, const char* url = "") {
    VendorSettings settings = test::settings({{test::given_secret}});
    settings.public_url = url;
    const Request& request = sent.request();
    const SignatureSource source{"X-A", request.fields.front().value, &vendor};
    return text_variants({vendor, test::vendors, settings, request, test::now}, source,
                         read_signature(source.value));
}

bool has(const std::vector<TextVariant>& all, const char* before, const char* after, bool expected) {
    return std::ranges::any_of(all, [&](const TextVariant& one) {
        return one.before == before && one.after == after && one.expected == expected;
    });
}

}  // namespace

TEST_CASE("the demanded text comes first, and others with the times of the request follow") {
    const auto all =
        variants(test::vendor_named("timed"),
                 test::Sent("{}").with("X-Timed-Signature", "t=1700000000,v1=" + test::hex_mac("{}")));
    REQUIRE_FALSE(all.empty());
    CHECK(all.front().expected);
    CHECK(all.front().before == "1700000000.");
    CHECK(has(all, "", "", false));
    CHECK(has(all, "1700000000", "", false));
    CHECK(has(all, "", "1700000000", false));
}

TEST_CASE("a signed URL is tried in other spellings, and a signed form is part of the text") {
    static constexpr verify::TextPart text[] = {{verify::TextPart::Kind::url},
                                                {verify::TextPart::Kind::form}};
    const VendorDefinition vendor{.name = "form", .rules = {.header = "X-A", .text = text}};
    const auto all =
        variants(vendor, test::Sent("b=2&a=1").with("X-A", test::hex_mac("x")), "https://a.example/x?y");
    CHECK(has(all, "https://a.example/x?ya1b2", "", true));
    for (const char* url :
         {"https://a.example/x", "https://a.example/x/", "http://a.example/x?y", "https://a.example:443/x?y"})
        CHECK(has(all, (std::string(url) + "a1b2").c_str(), "", false));
}

}  // namespace chathook::doctor
