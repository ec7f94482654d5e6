#include "verify/vendor.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

#include "verify/sent.hpp"

using namespace chathook;
using test::now;
using test::Sent;

namespace {

constexpr std::string_view secret = "a secret of some length";

struct DeskReader final : BodyReader {
    Normalized normalize(const Verified& verified) const override {
        Normalized normalized;
        normalized.subject = verified.json()["ticket"].id();
        return normalized;
    }
};
const DeskReader desk_reader;

const VendorDefinition desk{
    .name = "desk",
    .rules = test::prefixed,
    .reader = &desk_reader,
    .accepted = {.content_type = "text/plain; charset=utf-8", .body = "thanks"},
    .refused = {.status = 403, .body = R"({"error":"no"})"},
};

}  // namespace

TEST_CASE("a vendor signs, verifies, reads and answers as its definition says") {
    const verify::Vendor vendor(desk, test::settings({{secret}}));
    CHECK(&vendor.definition() == &desk);
    const auto headers = vendor.sign(R"({"ticket":17})", "", now);
    REQUIRE(headers.size() == 1);
    CHECK(headers[0].name == "X-Signature");
    Sent sent(R"({"ticket":17})");
    sent.with(headers);
    const auto verified = vendor.verify(sent.request(), now);
    REQUIRE(verified.has_value());
    CHECK(vendor.normalize(*verified).subject == "17");
    CHECK(vendor.accepted().status == 200);
    CHECK(vendor.accepted().content_type == "text/plain; charset=utf-8");
    CHECK(vendor.accepted().body == "thanks");
    CHECK(vendor.refused().status == 403);
    CHECK(vendor.refused().content_type == "application/json");
    CHECK(vendor.refused().body == R"({"error":"no"})");
}

TEST_CASE("a vendor whose definition was made while running signs by it") {
    const std::string header = "X-Made-" + std::string("Later");
    const auto made = std::make_unique<VendorDefinition>(desk);
    made->rules.header = header;
    const verify::Vendor vendor(*made, test::settings({{secret}}));
    Sent sent("{}");
    sent.with(vendor.sign("{}", "", now));
    CHECK(vendor.verify(sent.request(), now).has_value());
    Sent elsewhere("{}");
    elsewhere.with("X-Signature", vendor.sign("{}", "", now)[0].value);
    CHECK(vendor.verify(elsewhere.request(), now).error() == Errc::missing_signature);
}
