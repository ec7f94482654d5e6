#include "verify/seal.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "ecma/document.hpp"
#include "support/node_oracle.hpp"
#include "verify/scheme.hpp"
#include "verify/sent.hpp"

using namespace chathook;
using namespace chathook::verify;
using test::now;
using test::Sent;
using test::settings;

namespace {

constexpr std::string_view secret = "whsec_0123456789abcdef";

std::string node_hex(std::string_view algorithm, std::string_view text) {
    static test::NodeOracle node("tests/verify/oracle.mjs");
    return node.ask({std::string(algorithm), std::string(secret), std::string(text)}).at(0);
}

}  // namespace

TEST_CASE("a body accepted in its raw form is returned byte for byte, and parsed in place") {
    const Scheme scheme(test::sha1_stringified, settings({{secret}}));
    const std::string spaced = "{ \"a\" : 1.0, \"a\" : 2 }";
    Sent sent(spaced);
    sent.with("x-signature", node_hex("sha1", spaced));
    const auto verified = scheme.verify(sent.request(), now);
    REQUIRE(verified.has_value());
    CHECK(verified->form() == Verified::Form::raw);
    CHECK(verified->body() == spaced);
    CHECK(verified->raw().data() == sent.request().body.data());
    CHECK(verified->json()["a"].source().data() == sent.request().body.data() + 19);
    CHECK(verified->signed_time().empty());
}

TEST_CASE("a body accepted in its JSON.stringify form is returned in that form") {
    const Scheme scheme(test::sha1_stringified, settings({{secret}}));
    const std::string spaced = "\xEF\xBB\xBF{ \"b\": \"\xFF\", \"a\": 1.0, \"0\": -0, \"a\": 1e3 }";
    const std::string stringified = "{\"0\":0,\"b\":\"\xEF\xBF\xBD\",\"a\":1000}";
    Sent sent(spaced);
    sent.with("x-signature", node_hex("sha1", stringified));
    auto verified = scheme.verify(sent.request(), now);
    REQUIRE(verified.has_value());
    const Verified moved = std::move(*verified);
    CHECK(moved.form() == Verified::Form::stringified);
    CHECK(moved.body() == stringified);
    CHECK(moved.raw() == spaced);
    CHECK(moved.json().source() == stringified);
    CHECK(moved.json()["a"].id() == "1000");
    REQUIRE(moved.document() != nullptr);
    CHECK(moved.document()->text() == stringified);
}

TEST_CASE("a signed body that is not JSON is accepted without a JSON value") {
    const Scheme scheme(test::plain, settings({{secret}}));
    for (const std::string& text : {std::string("a=b"), std::string(), std::string("\xFF\0", 2)}) {
        Sent sent(text);
        sent.with("x-signature", node_hex("sha256", text));
        const auto verified = scheme.verify(sent.request(), now);
        REQUIRE(verified.has_value());
        CHECK(verified->body() == text);
        CHECK_FALSE(verified->json());
        CHECK(verified->document() == nullptr);
    }
}

TEST_CASE("only a scheme can make a verified request") {
    CHECK_FALSE(std::is_default_constructible_v<Verified>);
    CHECK_FALSE(std::is_copy_constructible_v<Verified>);
    CHECK(std::is_nothrow_move_constructible_v<Verified>);
}
