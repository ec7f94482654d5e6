#include "verify/signed_text.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "support/form_text.hpp"
#include "verify/known_schemes.hpp"

using namespace chathook;
using namespace chathook::verify;
using namespace chathook::test;

TEST_CASE("a form is sorted by names, then by values, both decoded") {
    CHECK(sorted_form("b=2&a=x+y&a=%61") == "aaax yb2");
    CHECK(sorted_form("") == "");
    CHECK(sorted_form("a&b=&=c") == "cab");
    CHECK(sorted_form("a=1&b=2&a=1&a=0") == "a0a1b2");
    CHECK_FALSE(sorted_form("a=%"));
    CHECK_FALSE(sorted_form("a=%g0"));
    std::string many;
    for (std::size_t i = 0; i <= form_fields_max; ++i) many += "a=1&";
    CHECK_FALSE(sorted_form(many));
}
