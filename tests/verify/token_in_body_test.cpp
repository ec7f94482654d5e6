#include "verify/token_in_body.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace chathook;
using verify::body_without_token;
using verify::token_in_body;

namespace {

constexpr std::array<std::string_view, 1> path{"key"};

}  // namespace

TEST_CASE("a token in the body is read decoded, and only a text is one") {
    CHECK(token_in_body(R"({"key":"a\u002Fb"})", path) == "a/b");
    for (const auto* body : {R"({"key":17})", R"({"key":""})", R"({"key":null})", R"({"other":"a"})", "[]",
                             "", "not JSON", "{\"key\":\"a\",\"x\":\"\xFF\"}"}) {
        CAPTURE(body);
        CHECK_FALSE(token_in_body(body, path).has_value());
        CHECK_FALSE(body_without_token(body, path).has_value());
    }
}

TEST_CASE(
    "a body without its token has an asterisk for each byte of it, wherever it stands, and is the same "
    "otherwise") {
    CHECK(body_without_token(R"( {"a":"secret","key":"secret","b":["xsecret"]} )", path) ==
          R"( {"a":"******","key":"******","b":["x******"]} )");
    CHECK(body_without_token(R"({"a":1234,"key":"1234","b":"x\"1234","1234":0})", path) ==
          R"({"a":1234,"key":"****","b":"x\"****","****":0})");
    CHECK(body_without_token(R"({"key":"a\u002Fb","key":"last"})", path) ==
          R"({"key":"a\u002Fb","key":"****"})");
}
