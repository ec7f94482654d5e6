#include "support/account_name.hpp"

#include <catch2/catch.hpp>

namespace chathook {

TEST_CASE("a user or group is shown by its name, or by its number if it has none", "[support]") {
    CHECK(user_name(0) == "root");
    CHECK(group_name(0) == "root");
    CHECK(user_name(4'000'000'001) == "4000000001");
    CHECK(group_name(4'000'000'001) == "4000000001");
}

}  // namespace chathook
