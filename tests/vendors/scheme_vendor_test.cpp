#include "vendors/scheme_vendor.hpp"

#include <catch2/catch.hpp>

#include "support/signed_request.hpp"

namespace chathook::vendors {
namespace {

constexpr VendorFacts desk_facts{.name = "desk", .signature_header = "X-Desk-Signature"};

class Desk final : public SchemeVendor {
public:
    Desk()
        : SchemeVendor(desk_facts, {.header = "X-Ignored"}, test::settings_with("a secret of some length")) {}
    Normalized normalize(const Verified&) const override { return {}; }
    Reply accepted() const override { return text_reply(200, "OK"); }
    Reply refused() const override { return json_reply(401, refused_body); }
};

TEST_CASE("the signature header is the one in the facts, whatever the rules say") {
    const Desk desk;
    const auto headers = desk.sign("{}", "", Instant());
    REQUIRE(headers.size() == 1);
    CHECK(headers[0].name == "X-Desk-Signature");
    CHECK(desk.verify(test::SignedRequest("{}", headers).request(), Instant()).has_value());
    const test::SignedRequest elsewhere("{}", {{"X-Ignored", headers[0].value}});
    CHECK(desk.verify(elsewhere.request(), Instant()).error() == Errc::missing_signature);
    CHECK(&desk.facts() == &desk_facts);
}

TEST_CASE("answers have the content type of their form") {
    const Desk desk;
    CHECK(desk.accepted().content_type == "text/plain; charset=utf-8");
    CHECK(desk.accepted().body == "OK");
    CHECK(desk.refused().status == 401);
    CHECK(desk.refused().content_type == "application/json");
    CHECK(desk.refused().body == R"({"error":"invalid signature"})");
}

}  // namespace
}  // namespace chathook::vendors
